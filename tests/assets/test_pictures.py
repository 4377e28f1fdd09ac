"""What the marts' assets show: first rows as the published file has them, and plots that draw what is there."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.assets import pictures
from pipeline.names import fold
from pipeline.schemas import TABLES, layer
from pipeline.sources.pages import Source
from pipeline.steps import curating
from pipeline.steps.curating import Signature
from tests.steps.bench import START, Bench
from tests.steps.small_world import json_lines, paper

MARTS = [name for name in TABLES if layer(name) == "marts"]
PEOPLE = [["Quarrington", "Zebulon", ""], ["Okonkwo", "Adaeze", ""]]
LINES = [paper("2103.70001", PEOPLE, title="Gears | that <never> slip", abstract="Zebulon Quarrington wrote " * 9)]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("shown"))
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(LINES))
    bench.build()
    return bench


def shown(bench):
    with bench.warehouse.write() as con:
        return {
            table: {name: value.value for name, value in each.items()}
            for table, each in pictures.shown(con, MARTS).items()
        }


def test_every_mart_shows_its_first_rows(built):
    for table, each in shown(built).items():
        if built.rows(f"SELECT 1 FROM {table} LIMIT 1"):
            head, *lines = each["preview"].splitlines()
            rows = head.count("row ")
            assert 1 <= rows <= pictures.ROWS
            assert {part.count("|") for part in (head, *lines)} == {rows + 2}
            assert [line.split(" | ")[0].removeprefix("| ") for line in lines[1:]] == list(TABLES[table].column_names())
        else:
            assert each["preview"] == "No rows yet."


def test_the_pictures_are_drawn_where_there_are_figures(built):
    found = shown(built)
    assert found["marts.authors"]["trust by tier"].startswith("![Trust scores by tier](data:image/png;base64,")
    assert found["marts.authors"]["collaborator counts"].startswith("![Collaborators](")
    assert found["marts.papers"]["coverage by source and month"].startswith("![Works by month and source](")


def test_the_figures_are_those_of_the_tables(built):
    def rows(name):
        return built.rows(pictures.query(f"marts/{name}"))

    assert [row[2] for row in rows("trust_by_tier")] == [2]
    assert rows("collaborator_counts") == [(1, 2)]
    assert [row[1:] for row in rows("coverage_by_month")] == [(0, 1, 0)]


def test_a_hidden_name_is_in_no_preview(built):
    before = fold(json.dumps(shown(built)["marts.papers"]["preview"]))
    assert "zebulon quarrington" in before
    with built.warehouse.write() as con:
        ((author_id,),) = con.execute(
            "SELECT author_id FROM resolved.author_mentions WHERE mention_id = 'arxiv:2103.70001#1'"
        ).fetchall()
        signed = Signature("curator", START + timedelta(hours=1), "asked", "approved")
        curating.decide_hidden_name(con, author_id, "Zebulon Quarrington", signed)
    for table, each in shown(built).items():
        assert "quarrington" not in fold(each["preview"]), table
        assert "zebulon" not in fold(each["preview"]), table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("x" * 80, "x" * 59 + "…"),
        ("a\n b", "a b"),
        ("[a](javascript:x) | <b>", "&#91;a](javascript:x) &#124; &#60;b&#62;"),
        ([], "&#91;]"),
        ({"at": datetime(2024, 1, 31, tzinfo=UTC)}, '{"at": "2024-01-31T00:00:00+00:00"}'),
        (datetime(2024, 1, 31, tzinfo=UTC), "2024-01-31T00:00:00+00:00"),
        (1.5, "1.5"),
        (False, "false"),
    ],
)
def test_a_value_is_one_line_without_commands(value, text):
    assert pictures.cell(value) == text
