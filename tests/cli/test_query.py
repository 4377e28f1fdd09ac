"""query, export: what a person who asks the published file sees, and what is refused."""

import csv
import io
import json
import os

import duckdb
import pyarrow.parquet as pq
import pytest

from warehouse import Warehouse

from .conftest import Shell, refused

PEOPLE = """
INSERT INTO marts.authors
SELECT
    'A' || i, 'Person ' || i, ['P. ' || i], 'person', NULL, NULL, 'none', i, 0, 0, 0, 0, 2020, 2021, 'none', 10,
    'Unverified', 'L1', 50, '1'
FROM range(1, 151) AS t(i)
"""


@pytest.fixture(scope="module")
def asker(tmp_path_factory, module_patch):
    """A shell where 150 people are published."""
    shell = Shell(tmp_path_factory.mktemp("asker") / "data", module_patch)
    place = Warehouse(shell.data)
    with place.write() as con:
        con.execute(PEOPLE)
        con.execute(
            "INSERT INTO marts.collaborators SELECT 'A1', 'A' || i, 'Person ' || i, i, 1, 1, true, true, 2020, 2021"
            " FROM range(2, 5) AS t(i)"
        )
    place.publish()
    return shell


@pytest.fixture
def in_shell(asker, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PIPELINE_")]:
        monkeypatch.delenv(name)
    asker.set(PIPELINE_DATA=str(asker.data), PIPELINE_THREADS="2", COLUMNS="120")
    return asker


def cells(said):
    """The rows of a printed table, without its frame."""
    return [
        [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")]
        for line in said.out.splitlines()
        if line[0] in "│┃"
    ]


def test_a_table(in_shell):
    said = in_shell("query", "SELECT author_id, works_count AS works FROM authors ORDER BY works LIMIT 2")
    assert (said.code, said.err) == (0, "2 rows.\n")
    assert cells(said) == [["author_id", "works"], ["A1", "1"], ["A2", "2"]]


def test_a_table_is_cut_and_says_so(in_shell):
    sql = "SELECT works_count FROM marts.authors ORDER BY ALL"
    said = in_shell("query", sql)
    assert len(cells(said)) == 1 + 100
    assert said.err == "The first 100 rows; --limit 0 shows all.\n"
    assert len(cells(in_shell("query", sql, "--limit", "0"))) == 1 + 150
    exact = in_shell("query", sql, "--limit", "150")
    assert (len(cells(exact)), exact.err) == (1 + 150, "150 rows.\n")


def test_many_columns_are_shown_one_below_the_other(in_shell):
    said = in_shell("query", "SELECT * FROM marts.authors WHERE author_id = 'A7'")
    shown = dict(cells(said))
    assert shown["display_name"] == "Person 7"
    assert shown["name_variants"] == '["P. 7"]'
    assert shown["orcid"] == ""


def test_csv_has_every_row_whole(in_shell):
    sql = "SELECT author_id, name_variants, orcid, repeat('x', 300) AS long FROM marts.authors ORDER BY works_count"
    said = in_shell("query", sql, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert (len(rows), said.err) == (150, "")
    assert rows[6] == {"author_id": "A7", "name_variants": '["P. 7"]', "orcid": "", "long": "x" * 300}
    assert len(in_shell("query", sql, "--format", "csv", "--limit", "3").out.splitlines()) == 4


def test_json_has_the_types_that_json_has(in_shell):
    said = in_shell(
        "query",
        "SELECT 1.5::DECIMAL(4, 2) AS number, 'nan'::DOUBLE AS none, true AS flag, NULL AS nothing, [1, 2] AS list,"
        " {'a': 'é'} AS struct, TIMESTAMPTZ '2024-01-31 06:30:00Z' AS moment, DATE '2024-01-31' AS day",
        "--format",
        "json",
    )
    assert json.loads(said.out) == [
        {
            "number": 1.5,
            "none": None,
            "flag": True,
            "nothing": None,
            "list": [1, 2],
            "struct": {"a": "é"},
            "moment": "2024-01-31T06:30:00+00:00",
            "day": "2024-01-31",
        }
    ]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_json_is_an_array_however_many_rows(in_shell, rows):
    said = in_shell("query", f"SELECT * FROM range({rows}) AS t(n)", "--format", "json")
    assert json.loads(said.out) == [{"n": n} for n in range(rows)]


def test_text_cannot_speak_to_the_terminal(in_shell):
    said = in_shell("query", "SELECT chr(27) || '[2J' || chr(10) || '[red]x[/red]' AS evil")
    assert "\x1b" not in said.out
    assert cells(said)[1] == ["[2J [red]x[/red]"]


def test_the_query_may_come_by_the_pipe(in_shell, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 42 AS answer"))
    assert cells(in_shell("query", "-")) == [["answer"], ["42"]]


def test_what_answers_with_rows_is_let_through(in_shell):
    for sql in ("DESCRIBE marts.authors", "SHOW ALL TABLES", "EXPLAIN SELECT 1", "SUMMARIZE marts.authors",
                "FROM authors LIMIT 1", "PIVOT authors ON kind USING count(*)"):  # fmt: skip
        assert in_shell("query", sql).code == 0, sql


def test_the_questions_are_listed(in_shell):
    said = in_shell("query", "--list")
    assert said.code == 0
    assert "collaborators" in said.out
    assert "With whom has somebody written most often?" in said.out
    assert "author=... shown=20" in said.out


def test_a_question_by_its_name(in_shell):
    said = in_shell("query", "--file", "collaborators", "--set", "author=person 1", "--set", "shown=2")
    assert [row[1:3] for row in cells(said)[1:]] == [["A4", "Person 4"], ["A3", "Person 3"]]


def test_a_question_of_ones_own(in_shell, tmp_path):
    mine = tmp_path / "mine.sql"
    mine.write_text("-- Who?\n-- One row is a number.\n-- n = 3: how many\nSELECT $n::INTEGER + $m::INTEGER AS sum;\n")
    assert cells(in_shell("query", "--file", str(mine), "--set", "m=4")) == [["sum"], ["7"]]
    assert cells(in_shell("query", "--file", str(mine), "--set", "$m=4", "--set", "n=-4")) == [["sum"], ["0"]]
    assert refused(in_shell("query", "--file", str(mine))) == "mine needs a value of m: give --set m=...."


def test_a_value_is_a_value_and_no_sql(in_shell):
    hostile = "x'; DROP TABLE marts.authors; --"
    said = in_shell("query", "SELECT $name AS name", "--set", f"name={hostile}")
    assert cells(said)[1] == [hostile]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("SELEC 1",), 'The query cannot be answered: Parser Error: syntax error at or near "SELEC"'),
        (("SELECT * FROM author",), 'Table with name author does not exist! Did you mean "authors"?'),
        (("SELECT nam FROM authors",), 'Referenced column "nam" not found in FROM clause! Candidate bindings: '),
        (("SELECT 'x'::INTEGER",), "Could not convert string 'x' to INT32"),
        (("SELECT n::TINYINT FROM range(9000) AS t(n)",), "The query cannot be answered: Conversion Error"),
        (("SELECT 1; SELECT 2",), "The query has 2 statements: give one at a time."),
        (("/* nothing */",), "The query has 0 statements"),
        (("DELETE FROM marts.authors",), "The published warehouse is only read, DELETE is not allowed"),
        (("CREATE TABLE marts.mine AS SELECT 1",), "CREATE is not allowed"),
        (("COPY marts.authors TO '/tmp/x.csv'",), "COPY is not allowed: use SELECT, and redirect what it prints."),
        (("EXPORT DATABASE '/tmp/x'",), "EXPORT is not allowed"),
        (("ATTACH '/tmp/x.duckdb'",), "ATTACH is not allowed"),
        (("SET enable_external_access = true",), "SET is not allowed"),
        (("INSTALL httpfs",), "LOAD is not allowed"),
        (("FROM read_text('/etc/hostname')",), "The query asks for another file or an extension"),
        (("FROM glob('/*')",), "sees only the published warehouse"),
        (("FROM '/etc/hostname'",), "Table with name /etc/hostname does not exist!"),
        (("EXPLAIN ANALYZE DELETE FROM marts.authors",), "read-only mode"),
        (("SELECT $a",), "The query needs a value of a: give --set a=...."),
        (("SELECT 1", "--set", "a=1"), "The query has no parameter a: it takes none."),
        (("SELECT 1", "--set", "a"), "--set a cannot be read: write --set name=value."),
        (
            ("--file", "collaborators"),
            "collaborators needs a value of author: give --set author=..., a name as printed",
        ),
        (
            ("--file", "collaborators", "--set", "autor=x"),
            "collaborators has no parameter autor: it takes author, shown.",
        ),
        (
            ("--file", "collaboraters"),
            "collaboraters is no question and no SQL file that can be read: did you mean colla",
        ),
        (("--file", "none.sql"), "none.sql is no question and no SQL file that can be read: `pipeline query --list`"),
        (("--file", "coverage", "SELECT 1"), "Give SQL or --file, one of them"),
        ((), "Give SQL or --file, one of them"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_answered_is_one_sentence(in_shell, words, sentence):
    said = in_shell("query", *words)
    assert sentence in refused(said)
    assert said.out == ""
    with duckdb.connect(str(in_shell.data / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM marts.authors").fetchall() == [(150,)]


def test_an_error_in_the_middle_of_an_answer_is_a_sentence_too(in_shell):
    said = in_shell("query", "SELECT n::TINYINT AS n FROM range(9000) AS t(n)", "--format", "csv")
    assert "The query cannot be answered: Conversion Error" in refused(said)


def test_nothing_published_is_said(shell):
    assert refused(shell("query", "SELECT 1")).startswith("Nothing is published in")
    assert refused(shell("export", "--to", str(shell.data / "marts"))).startswith("Nothing is published in")


def test_an_export_says_what_it_wrote_and_where(in_shell, tmp_path):
    said = in_shell("export", "--to", str(tmp_path / "marts"))
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith(f"written to {tmp_path / 'marts'}.\n")
    files = (tmp_path / "marts").rglob("*.parquet")
    assert f", {sum(pq.read_metadata(file).num_rows for file in files)} rows in " in said.out
    assert in_shell("export", "--to", str(tmp_path / "marts")).out == said.out


def test_an_export_over_something_else_is_refused(in_shell, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert refused(in_shell("export", "--to", str(tmp_path))).startswith(f"{tmp_path} holds notes.txt, which no export")
