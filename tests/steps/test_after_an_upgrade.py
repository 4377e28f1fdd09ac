"""The first run after an upgrade: tables made by an earlier contract come out as those that never were another."""

import shutil

import duckdb
import pytest

from pipeline.schemas import TABLES

from .bench import OF_THE_LANDING, OF_THE_RUNS, Bench, contents

COMPARED = set(TABLES) - OF_THE_LANDING - OF_THE_RUNS
"""Not those that take every run down."""

AS_THEY_WERE = (
    "ALTER TABLE staging.openalex_works DROP COLUMN language",
    "ALTER TABLE staging.openalex_institutions DROP COLUMN country_code",
    "ALTER TABLE staging.arxiv_records DROP COLUMN is_withdrawn",
    "ALTER TABLE staging.works DROP COLUMN has_openalex",
    "ALTER TABLE staging.mentions DROP COLUMN suffix",
    "ALTER TABLE resolved.author_mentions DROP COLUMN probability",
    "ALTER TABLE resolved.links DROP COLUMN probability",
    "ALTER TABLE resolved.authors DROP COLUMN mentions",
    "DROP TABLE resolved.shown_names",
    "ALTER TABLE marts.authors DROP COLUMN score_ceiling",
    "ALTER TABLE marts.papers DROP COLUMN bibtex",
)
"""Columns that today's contracts have, of every step's tables, and a table."""


@pytest.fixture
def world(tmp_path, built_world):
    """The small world in a folder of its own."""
    shutil.copytree(built_world.folder, tmp_path, dirs_exist_ok=True)
    return Bench(tmp_path)


def test_every_table_is_what_it_was(world):
    with world.warehouse.write() as con:
        before = contents(con, COMPARED)
    received = world.rows("SELECT sum(received) FROM staging.page_loads")
    with duckdb.connect(str(world.warehouse.working_path)) as con:
        for statement in AS_THEY_WERE:
            con.execute(statement)
    counts = world.build(run_id="after")
    with world.warehouse.write() as con:
        after = contents(con, COMPARED)
    assert {name for name in COMPARED if after[name] != before[name]} == set()
    assert [(counts["received"],)] == received
    assert counts["resolved_mentions"] == counts["mentions"]
    told = world.rows("SELECT DISTINCT entity, change FROM marts.changes WHERE run_id = 'after'")
    assert told == [("work", "updated")]
