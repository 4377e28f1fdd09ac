"""A working file made by another version of the program: its tables are brought to the contracts, nothing is lost."""

import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.schemas import TABLES, VIEWS
from warehouse import Warehouse, WarehouseError
from warehouse.tables import create_tables, quoted
from warehouse.upgrade import DOORS, KEPT, NEVER_EMPTIED, definitions, differing, shape, shapes

MOMENT = "TIMESTAMPTZ '2021-02-28 01:02:03+00'"
"""The moment of every row below."""

LINKS_WITHOUT_PROBABILITY = """
CREATE OR REPLACE TABLE resolved.links AS
SELECT 'arxiv:1#1' AS mention_id_l, 'arxiv:2#1' AS mention_id_r, 7.5::DOUBLE AS match_weight, 'score' AS decided_by
"""

HISTORY = f"""
CREATE OR REPLACE TABLE resolved.author_history (
    event_id VARCHAR NOT NULL, event VARCHAR NOT NULL, author_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL,
    "at" TIMESTAMPTZ NOT NULL, why VARCHAR NOT NULL {{more}}
);
INSERT INTO resolved.author_history BY NAME
SELECT 'e1' AS event_id, 'minted' AS event, 'AAAA' AS author_id, 'run' AS run_id, {MOMENT} AS "at", 'New.' AS why
"""


BUILDS = [
    f"INSERT INTO staging.builds VALUES ({number}, 'run', '{step}', 'whole', 'abc', 2)"
    for number, step in enumerate(("works", "people", "profiles", "papers"), start=1)
]


@pytest.fixture
def warehouse(tmp_path, empty_file):
    """A working file of today, with no row."""
    (tmp_path / "working.duckdb").write_bytes(empty_file.read_bytes())
    return Warehouse(tmp_path)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory):
    place = Warehouse(tmp_path_factory.mktemp("today"))
    with place.write():
        pass
    return place.working_path


def by_another_version(warehouse, *statements):
    """Change the file as this program never would."""
    with duckdb.connect(str(warehouse.working_path)) as con:
        for statement in statements:
            con.execute(statement)


def rows(warehouse, sql):
    with warehouse.write() as con:
        return con.execute(sql).fetchall()


def made_again(warehouse):
    """The steps that make all of their rows again in the next run."""
    return [step for (step,) in rows(warehouse, "SELECT step FROM staging.builds WHERE program = '' ORDER BY 1")]


def test_a_file_of_today_is_told_by_its_text_alone():
    with duckdb.connect() as con:
        create_tables(con)
        found = definitions(con)
    assert {name: shape(sql) for name, sql in found.items() if name not in VIEWS} == shapes()
    assert differing(found) == []


def test_every_table_named_here_is_one():
    assert NEVER_EMPTIED | DOORS.keys() <= TABLES.keys()
    assert KEPT.isdisjoint(DOORS)


def test_opening_a_file_of_today_touches_no_table(warehouse):
    tables = "SELECT schema_name, table_name, table_oid FROM duckdb_tables() ORDER BY ALL"
    assert rows(warehouse, tables) == rows(warehouse, tables)


def test_tables_without_rules_and_their_last_column_are_all_as_they_should_be(warehouse):
    by_another_version(
        warehouse,
        *(
            f"CREATE OR REPLACE TABLE {name} AS SELECT * EXCLUDE ({quoted(list(table.column_names())[-1])}) FROM {name}"
            for name, table in TABLES.items()
            if name not in VIEWS
        ),
    )
    with warehouse.write() as con:
        assert differing(definitions(con)) == []


def test_a_view_whose_column_is_new_is_made_after_its_tables(warehouse):
    by_another_version(warehouse, "ALTER TABLE marts.papers DROP COLUMN title", "DROP VIEW marts.graph_nodes")
    assert rows(warehouse, "SELECT count(*) FROM marts.graph_nodes") == [(0,)]


def test_what_can_be_made_again_is_kept_until_it_is(warehouse):
    by_another_version(warehouse, LINKS_WITHOUT_PROBABILITY, *BUILDS)
    assert rows(warehouse, "SELECT mention_id_l, match_weight, year_weight, probability FROM resolved.links") == [
        ("arxiv:1#1", 7.5, 0.0, 0.0)
    ]
    assert made_again(warehouse) == ["people"]


def test_marts_are_made_again_without_resolving_anybody(warehouse):
    by_another_version(warehouse, "ALTER TABLE marts.papers DROP COLUMN bibtex", *BUILDS)
    assert made_again(warehouse) == ["papers", "profiles"]


def test_ids_outlive_any_change_that_leaves_them_a_column(warehouse):
    by_another_version(
        warehouse,
        "CREATE OR REPLACE TABLE resolved.author_mentions AS"
        " SELECT 'arxiv:1#' || i AS mention_id, 'AAAA' AS author_id, true AS sure FROM range(1, 3) AS t(i)",
    )
    assert rows(warehouse, "FROM resolved.author_mentions") == [("arxiv:1#1", "AAAA", 0.0), ("arxiv:1#2", "AAAA", 0.0)]


def test_ids_whose_column_is_gone_are_not_given_up(warehouse):
    by_another_version(warehouse, "CREATE OR REPLACE TABLE resolved.author_mentions AS SELECT 'a#1' AS mention_id")
    with pytest.raises(WarehouseError, match=r"author_mentions .* its rows are as they were; go on with the version"):
        rows(warehouse, "SELECT 1")
    with duckdb.connect(str(warehouse.working_path)) as con:
        assert con.execute("DESCRIBE resolved.author_mentions").fetchall()[0][0] == "mention_id"


def test_history_without_a_column_that_may_be_null_gets_it_in_its_place(warehouse):
    by_another_version(warehouse, HISTORY.format(more=""))
    assert rows(
        warehouse,
        "SELECT event_id, event, author_id, other_author_id, mention_id, run_id, why FROM resolved.author_history",
    ) == [("e1", "minted", "AAAA", None, None, "run", "New.")]


def test_history_with_a_column_that_nobody_knows_is_left_alone(warehouse):
    by_another_version(warehouse, HISTORY.format(more=", judge VARCHAR"))
    before = Path(warehouse.working_path).read_bytes()
    with pytest.raises(
        WarehouseError, match=r"^resolved.author_history in .*working.duckdb .*\(this version has no column judge\)"
    ) as told:
        rows(warehouse, "SELECT 1")
    assert "\n" not in str(told.value)
    assert Path(warehouse.working_path).read_bytes() == before


def test_history_without_a_column_that_nobody_can_fill_is_left_alone(warehouse):
    by_another_version(warehouse, HISTORY.format(more=""), "ALTER TABLE resolved.author_history DROP COLUMN why")
    with pytest.raises(WarehouseError, match=r"NOT NULL constraint failed: author_history.why"):
        rows(warehouse, "SELECT 1")


def test_a_decision_of_a_kind_that_is_new_can_be_taken(warehouse):
    by_another_version(
        warehouse,
        "CREATE OR REPLACE TABLE resolved.corrections (correction_id VARCHAR NOT NULL,"
        " kind VARCHAR NOT NULL CHECK (kind IN ('same', 'different')), mention_id_l VARCHAR, mention_id_r VARCHAR,"
        ' author_id VARCHAR, value VARCHAR, status VARCHAR NOT NULL, "by" VARCHAR NOT NULL,'
        ' "at" TIMESTAMPTZ NOT NULL, why VARCHAR)',
        f"INSERT INTO resolved.corrections VALUES ('c1', 'same', 'a#1', 'b#1', NULL, NULL, 'approved', 'me', {MOMENT},"
        " NULL)",
    )
    with warehouse.write() as con:
        con.execute(
            "INSERT INTO resolved.corrections BY NAME SELECT * REPLACE ('claim' AS kind) FROM resolved.corrections"
        )
        assert con.execute("SELECT kind FROM resolved.corrections ORDER BY 1").fetchall() == [("claim",), ("same",)]


def land(warehouse, *pages):
    """Pages that were read, with a record and a reject each; only those named a file are still there."""
    with warehouse.write() as con:
        for page_id, source, is_there in pages:
            path = warehouse.folder / "raw" / f"{page_id}.zst"
            path.parent.mkdir(exist_ok=True)
            if is_there:
                path.touch()
            con.execute(
                f"INSERT INTO raw.pages VALUES ('w', ?, ?, 'r', ?, '{'0' * 64}', 1, 2, {MOMENT})",
                [page_id, source, path.name],
            )
            con.execute("INSERT INTO staging.page_loads VALUES (?, ?, 2, 1, 1, 'run')", [page_id, source])
            con.execute(
                f"INSERT INTO staging.rejected VALUES (?, 'W', 'rule', 'd', 'p', ?, 'run', {MOMENT})", [source, page_id]
            )


OPENALEX_BEFORE = f"""
CREATE OR REPLACE TABLE staging.openalex_works AS
SELECT 'W1' AS openalex_id, 'A title' AS title, 'p1' AS page_id, {MOMENT} AS fetched_at
"""


def test_records_get_a_new_column_and_their_pages_are_read_again(warehouse):
    land(warehouse, ("p1", "openalex_works", True), ("p2", "openalex_works", False), ("p3", "arxiv_oai", True))
    by_another_version(warehouse, OPENALEX_BEFORE)
    assert rows(warehouse, "SELECT openalex_id, title, language, cited_by_count FROM staging.openalex_works") == [
        ("W1", "A title", None, None)
    ]
    for table in ("page_loads", "rejected"):
        assert rows(warehouse, f"SELECT page_id FROM staging.{table} ORDER BY 1") == [("p2",), ("p3",)]


def test_records_that_break_a_new_rule_are_read_again_from_the_start(warehouse):
    land(warehouse, ("p1", "openalex_works", True))
    by_another_version(warehouse, OPENALEX_BEFORE.replace("'W1'", "'work 1'"))
    assert rows(warehouse, "SELECT count(*) FROM staging.openalex_works") == [(0,)]
    assert rows(warehouse, "SELECT count(*) FROM staging.page_loads") == [(0,)]


def test_records_that_break_a_new_rule_stay_while_their_pages_are_gone(warehouse):
    land(warehouse, ("p1", "openalex_works", True), ("p2", "openalex_works", False))
    by_another_version(warehouse, OPENALEX_BEFORE.replace("'W1'", "'work 1'"))
    with pytest.raises(WarehouseError, match="1 of the raw pages it was read from are gone"):
        rows(warehouse, "SELECT 1")
    with duckdb.connect(str(warehouse.working_path)) as con:
        assert con.execute("SELECT openalex_id FROM staging.openalex_works").fetchall() == [("work 1",)]
        assert con.execute("SELECT count(*) FROM staging.page_loads").fetchall() == [(2,)]


def test_a_table_that_is_new_is_filled_by_the_next_run(warehouse):
    by_another_version(warehouse, "DROP TABLE staging.work_topics", *BUILDS)
    assert rows(warehouse, "SELECT count(*) FROM staging.work_topics") == [(0,)]
    assert made_again(warehouse) == ["papers", "profiles", "works"]


def test_a_reader_of_a_file_of_another_version_is_told_to_publish(warehouse):
    warehouse.publish()
    with pytest.raises(duckdb.BinderException), warehouse.read() as con:
        con.execute("SELECT sentence FROM marts.papers")
    with duckdb.connect(str(warehouse.published_path)) as con:
        con.execute("ALTER TABLE marts.papers DROP COLUMN title")
    with (
        pytest.raises(WarehouseError, match=r"another version .*title.*: run `pipeline publish`"),
        warehouse.read() as con,
    ):
        con.execute("SELECT title FROM marts.papers")


def test_rows_of_a_table_with_an_index_are_carried_over(warehouse):
    with warehouse.write() as con:
        con.execute(
            "INSERT INTO staging.works BY NAME SELECT 'arxiv:1' AS work_id, 'A title' AS title, true AS is_open_access,"
            " false AS is_withdrawn, false AS is_retracted, 3 AS cited_by_count, [] AS code_urls, [] AS dataset_urls,"
            " 1 AS byline_size, false AS has_openalex"
        )
    by_another_version(warehouse, "ALTER TABLE staging.works DROP COLUMN has_openalex")
    assert rows(warehouse, "SELECT work_id, cited_by_count, has_openalex FROM staging.works") == [("arxiv:1", 3, False)]
    with pytest.raises(duckdb.ConstraintException, match="key"), warehouse.write() as con:
        con.execute("INSERT INTO staging.works FROM staging.works")


def test_a_kill_halfway_is_finished_by_the_next_opening(warehouse, monkeypatch):
    by_another_version(warehouse, LINKS_WITHOUT_PROBABILITY, "DROP VIEW marts.graph_edges")
    monkeypatch.setattr("warehouse.upgrade.create_views", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rows(warehouse, "SELECT 1")
    monkeypatch.undo()
    with warehouse.write() as con:
        assert differing(definitions(con)) == []
        assert con.execute("SELECT match_weight FROM resolved.links").fetchall() == [(7.5,)]
        assert con.execute("SELECT count(*) FROM marts.graph_edges").fetchall() == [(0,)]


def test_a_kill_after_the_upgrade_leaves_a_log_that_can_be_read(warehouse, tmp_path):
    by_another_version(warehouse, LINKS_WITHOUT_PROBABILITY, "ALTER TABLE staging.works DROP COLUMN has_openalex")
    killed = Warehouse(tmp_path / "killed")
    killed.folder.mkdir()
    with warehouse.write():
        for name in ("working.duckdb", "working.duckdb.wal"):
            shutil.copy(warehouse.folder / name, killed.folder)
    with killed.write() as con:
        assert differing(definitions(con)) == []
        assert con.execute("SELECT match_weight FROM resolved.links").fetchall() == [(7.5,)]


def interrupted(_con):
    raise KeyboardInterrupt
