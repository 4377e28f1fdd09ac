"""What the documents say is so: tables, queries, commands, options, variables, jobs and links."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb
import pytest
import typer
from typer.core import TyperGroup

from pipeline import schedules
from pipeline.cli.app import MODULES, app
from pipeline.cli.dictionary import dictionary
from pipeline.schemas import TABLES, VIEWS, description
from pipeline.settings import Settings
from warehouse.tables import create_tables, duckdb_type

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """Every fenced block of a language, with the document it stands in."""
    for document in DOCUMENTS:
        for found in re.findall(rf"^```{language}\n(.*?)^```", document.read_text(), re.DOTALL | re.MULTILINE):
            yield document.name, found


def shell_lines() -> Iterator[str]:
    """Every command line of the documents, continued lines joined and remarks left out."""
    for _, block in blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            yield from filter(None, (part.strip() for part in line.partition(" # ")[0].split("&&")))


SQL = [pytest.param(sql, id=f"{name}-{n}") for n, (name, sql) in enumerate(blocks("sql"))]
PIPELINE_LINES = sorted({line for line in shell_lines() if line.startswith("pipeline ")})
DAGSTER_LINES = sorted({line for line in shell_lines() if line.startswith("dagster ")})


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A fresh warehouse, every table of it empty."""
    with duckdb.connect() as con:
        create_tables(con)
        yield con


def test_data_dictionary_is_the_contracts():
    committed = (ROOT / "docs" / "data-dictionary.md").read_text()
    assert committed == dictionary(), "run `python -m pipeline.cli.dictionary > docs/data-dictionary.md`"


def test_data_dictionary_leaves_no_table_out():
    headings = re.findall(r"^### (\S+)$", dictionary(), re.MULTILINE)
    assert sorted(headings) == sorted(TABLES)


TABLES_AND_VIEWS = """
SELECT schema_name, table_name, comment FROM duckdb_tables()
UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE NOT internal
"""


def test_fresh_warehouse_has_the_contracts_tables_and_no_other(warehouse):
    found = warehouse.sql(f"SELECT schema_name || '.' || table_name FROM ({TABLES_AND_VIEWS})").fetchall()
    assert sorted(name for (name,) in found) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_fresh_warehouse_describes_each_table_and_column_as_its_contract(warehouse, name):
    schema, _, table = name.partition(".")
    where = {"schema": schema, "table": table}
    comment = warehouse.sql(
        f"SELECT comment FROM ({TABLES_AND_VIEWS}) WHERE schema_name = $schema AND table_name = $table", params=where
    ).fetchall()[0][0]
    assert comment.startswith(description(TABLES[name]))
    columns = warehouse.sql(
        """
        SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()
        WHERE schema_name = $schema AND table_name = $table ORDER BY column_index
        """,
        params=where,
    ).fetchall()
    assert columns == [
        (column_name, plain(warehouse, duckdb_type(column.dtype)), column.nullable or name in VIEWS, column.description)
        for column_name, column in TABLES[name].columns().items()
    ]
    assert all(text for *_, text in columns)


def plain(con: duckdb.DuckDBPyConnection, type_name: str) -> str:
    """A type as DuckDB's catalogue spells it."""
    return str(con.sql(f"SELECT NULL::{type_name} AS value").types[0])


@pytest.mark.parametrize("sql", SQL)
def test_query_runs_on_a_fresh_warehouse(warehouse, sql):
    values = dict.fromkeys(re.findall(r"\$(\w+)", sql), "somebody")
    for statement in duckdb.extract_statements(sql):
        warehouse.execute(statement, {name: values[name] for name in statement.named_parameters})
        warehouse.fetchall()


def command_of(line: str) -> tuple[click.Command, list[str]]:
    """The command a line calls and its remaining words.

    Fails when a word that must be a command is none.
    """
    command, words = typer.main.get_command(app), shlex.split(line)[1:]
    while words and isinstance(command, TyperGroup) and not words[0].startswith("-"):
        inner = command.get_command(typer.Context(command), words[0])
        assert inner is not None, f"`{line}` calls a command that is not there"
        command, words = inner, words[1:]
    return command, words


@pytest.mark.parametrize("line", PIPELINE_LINES)
def test_shown_command_can_be_read(line):
    command, words = command_of(line)
    values = [word if Path(word).suffix not in {".gz", ".parquet"} else str(Path(__file__)) for word in words]
    with command.make_context("shown", values, resilient_parsing=False) as context:
        assert not context.args


def test_some_commands_are_shown():
    """Guards the two tests over the lines, which would pass on none."""
    assert len(PIPELINE_LINES) >= 10
    assert len(DAGSTER_LINES) >= 7


def test_readme_lists_every_command():
    listed = re.findall(r"^\| `pipeline (\w+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(MODULES)


def test_every_command_is_where_it_is_looked_for():
    for module in sorted(set(MODULES.values())):
        part = typer.Typer()
        importlib.import_module(f"pipeline.cli.{module}").register(part)
        known = [name for name, home in MODULES.items() if home == module]
        assert sorted(typer.main.get_group(part).commands) == sorted(known)


def test_readme_lists_every_variable():
    listed = re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)
    known = [field.validation_alias or f"PIPELINE_{name.upper()}" for name, field in Settings.model_fields.items()]
    assert sorted(listed) == sorted(map(str, known))


@pytest.mark.parametrize("line", DAGSTER_LINES)
def test_shown_dagster_command_names_a_job_or_schedule_that_is_there(line):
    jobs = {
        job.name for job in (schedules.FETCH, schedules.SEED, schedules.IMPORT, schedules.TRANSFORM, schedules.DAILY)
    }
    words = shlex.split(line)
    if "-j" in words:
        assert words[words.index("-j") + 1] in jobs
    if words[:3] == ["dagster", "schedule", "start"]:
        assert words[3] == schedules.daily_schedule.name
    if "--select" in words:
        named = {key.replace("/", ".") for key in words[words.index("--select") + 1].split(",")}
        assert named <= {"raw.arxiv_pages", "raw.arxiv_changes", "raw.openalex_pages"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_map_of_folders_names_what_is_there():
    shown = README.split("## Where things are")[1].split("```")[1]
    folder, named = "", []
    for line in shown.splitlines()[1:]:
        names = line[: shown.index("from a fresh") - shown.index("start.py")]
        folder = folder if names.startswith(" ") else names.split("/")[0]
        named += [f"{folder}/{name}" if names.startswith(" ") else name for name in names.split()]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert len(named) >= 20
