"""What holds of the whole: imports point down, every table, query, asset and command says what it is."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click
import dagster as dg
import duckdb
import pytest
import typer
from importlinter import cli as import_linter
from typer.core import TyperGroup
from typer.testing import CliRunner

from pipeline.assets import checks, marts, raw, related, resolved, specs, staging
from pipeline.cli.app import app
from pipeline.definitions import defs
from pipeline.schemas import INPUT_TABLES, TABLES, VIEWS, description, layer
from warehouse.tables import create_tables

ROOT = Path(__file__).parents[1]
LAYERS = ("raw", "staging", "resolved", "marts")
SQL_FILES = sorted(path for path in files("warehouse.sql").joinpath().glob("*/*.sql"))
ASSETS = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
OPENS_WAREHOUSE = [
    definition
    for module in (raw, staging, resolved, marts, related, checks)
    for definition in vars(module).values()
    if isinstance(definition, dg.AssetsDefinition | dg.AssetChecksDefinition)
    and "warehouse" in definition.required_resource_keys
]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its words, the groups among them."""

    def below(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[str, click.Command]]:
        yield " ".join(words), command
        if isinstance(command, TyperGroup):
            context = typer.Context(command)
            for name in command.list_commands(context):
                yield from below((*words, name), command.get_command(context, name))

    yield from below(("pipeline",), typer.main.get_command(app))


COMMANDS = dict(commands())


def test_imports_point_down():
    assert import_linter.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_definitions_load():
    dg.Definitions.validate_loadable(defs)
    assert {"fetch", "seed", "import_snapshot", "import_openalex", "transform", "daily"} <= {
        job.name for job in defs.resolve_all_job_defs()
    }


def test_every_table_is_an_asset_and_every_other_asset_is_known():
    tables = {name.replace(".", "/") for name in TABLES}
    files_ = {
        "raw/arxiv_pages",
        "raw/arxiv_changes",
        "raw/openalex_pages",
        "raw/seed_pages",
        "raw/snapshot_pages",
        "raw/openalex_snapshot_pages",
        "marts/warehouse_file",
        "staging/translations",
    }
    assert set(ASSETS) == tables | files_


@pytest.mark.parametrize("key", sorted(ASSETS))
def test_an_asset_says_what_it_is(key):
    spec = ASSETS[key]
    assert spec.group_name == key.split("/")[0]
    assert spec.group_name in LAYERS
    assert spec.kinds
    assert spec.owners
    assert spec.description
    assert spec.code_version or key.replace("/", ".") in INPUT_TABLES


@pytest.mark.parametrize("name", sorted(set(TABLES) - INPUT_TABLES))
def test_a_table_shows_its_columns_in_the_catalogue(name):
    schema = ASSETS[name.replace(".", "/")].metadata["dagster/column_schema"]
    assert [column.name for column in schema.columns] == list(TABLES[name].column_names())
    assert all(column.description for column in schema.columns)


@pytest.mark.parametrize("name", sorted(set(TABLES) - INPUT_TABLES))
def test_a_table_is_made_from_tables_that_exist(name):
    parents = {dep.asset_key.to_user_string() for dep in ASSETS[name.replace(".", "/")].deps}
    assert parents
    assert parents <= set(ASSETS)


@pytest.mark.parametrize("definition", OPENS_WAREHOUSE, ids=lambda definition: definition.op.name)
def test_whatever_opens_the_warehouse_takes_the_writer_pool(definition):
    assert definition.op.pool == specs.WRITER_POOL


def test_the_arxiv_caller_is_one():
    callers = [
        definition
        for definition in vars(raw).values()
        if isinstance(definition, dg.AssetsDefinition) and "arxiv" in definition.required_resource_keys
    ]
    assert {definition.op.pool for definition in callers} == {"arxiv"}


def test_every_keyed_table_has_a_check_of_its_key():
    checked = {key.asset_key.to_user_string() for key in check_keys() if key.name == "unique_key"}
    keyed = {name.replace(".", "/") for name, table in TABLES.items() if table.primary_key()}
    assert keyed - checked == {name.replace(".", "/") for name in INPUT_TABLES}


def check_keys() -> list[dg.AssetCheckKey]:
    return [
        spec.key
        for definition in vars(checks).values()
        if isinstance(definition, dg.AssetChecksDefinition)
        for spec in definition.check_specs
    ]


@pytest.mark.parametrize("name", TABLES)
def test_a_contract_says_what_a_row_is_and_what_each_column_is(name):
    table = TABLES[name]
    assert layer(name) in LAYERS
    assert description(table).endswith(".")
    assert [column for column, spec in table.columns().items() if not spec.description] == []


def test_every_table_and_column_has_its_comment_in_the_warehouse():
    with duckdb.connect() as con:
        create_tables(con)
        tables = dict(con.execute("SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()").fetchall())
        views = dict(
            con.execute(
                "SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal"
            ).fetchall()
        )
        bare = con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE coalesce(comment, '') = ''"
                           " AND NOT internal").fetchall()  # fmt: skip
    assert (set(tables), set(views)) == (set(TABLES) - VIEWS, VIEWS)
    assert all(description(TABLES[name]) in comment for name, comment in (tables | views).items())
    assert bare == []


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_query_begins_by_saying_what_a_row_is(path):
    assert re.match(r"-- One row is \S.*", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_says_what_it_does_and_what_it_takes(words):
    command = COMMANDS[words]
    assert (command.help or "").strip()
    told = [
        parameter
        for parameter in command.params
        if isinstance(parameter, typer.core.TyperOption | typer.core.TyperArgument)
        and parameter.name not in ("help", "install_completion", "show_completion")
        and not parameter.help
    ]
    assert [parameter.name for parameter in told] == []


@pytest.mark.parametrize("words", COMMANDS)
def test_help_is_printed(words):
    result = CliRunner().invoke(app, [*words.split()[1:], "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_the_promised_commands_are_there():
    promised = "demo run backfill import resolve evaluate author why correct publish replica doctor"
    assert {f"pipeline {name}" for name in promised.split()} <= set(COMMANDS)
    assert "pipeline import arxiv" in COMMANDS
