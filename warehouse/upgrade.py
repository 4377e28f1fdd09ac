"""A working file that another version of this program made, brought to the contracts as they are now.

Every opening compares the definitions of the tables with the contracts' own. A table that differs is made anew with the
contract's columns and rules, and its rows are carried over: a column that is new to them is null, or a plain value
until the rows are made again. Where the rows cannot be carried over, the table starts empty if a run can make its rows
again, and the file stays as it was if none can. What makes the rows is told to make all of them in the next run.

What belongs here: what each table's rows can be made from again. What does not: making them (`pipeline.steps`).
"""

import logging
import re
from functools import cache
from pathlib import Path
from typing import Final

import dataframely as dy
import duckdb

from pipeline.schemas import TABLES, VIEWS, Table, layer
from warehouse.files import WORKING, WarehouseError
from warehouse.tables import (
    column_list,
    create_table,
    create_tables,
    create_views,
    definition,
    duckdb_type,
    literal,
    quoted,
)

logger = logging.getLogger(__name__)

KEPT: Final = frozenset(
    {
        "raw.windows",
        "raw.pages",
        "staging.work_texts",
        "staging.builds",
        "staging.work_changes",
        "resolved.corrections",
        "resolved.author_history",
        "resolved.author_redirects",
        "resolved.resolutions",
        "resolved.quality",
        "marts.changes",
    }
)
"""Tables whose rows nothing makes again: decisions, the history of ids and of runs, texts that a service was asked for.
None of their columns is ever given up, and no value is made up for a new one."""

NEVER_EMPTIED: Final = KEPT | {"resolved.author_mentions"}
"""Those, and who had which id: the resolver makes the rows again, but carries the ids over."""

DOORS: Final = {
    "staging.page_loads": "%",
    "staging.rejected": "%",
    "staging.arxiv_records": "arxiv%",
    "staging.arxiv_versions": "arxiv%",
    "staging.openalex_works": "openalex%",
    "staging.openalex_authors": "openalex%",
    "staging.openalex_institutions": "openalex%",
}
"""Tables that reading pages fills, and the doors that these come by, as a SQL pattern."""

BUILD_ALL: Final = "UPDATE staging.builds SET program = '' WHERE step"
"""Steps that work by what changed make all of their rows again, as those of another program."""

STEPS: Final = {
    "staging": "!= 'people'",
    "resolved": "= 'people'",
    "marts": "NOT IN ('works', 'mentions', 'people')",
}
"""Those that a change of a layer's tables concerns, as a SQL condition."""

RELATE_ALL: Final = "TRUNCATE marts.related_works"

_PUNCTUATION: Final = re.compile(r'[\s"();]')
"""What DuckDB writes differently in a definition that it was given."""


class CannotCarryError(Exception):
    """The rows of a table do not fit its contract."""


UNFIT: Final = (
    CannotCarryError,
    duckdb.BinderException,
    duckdb.ConstraintException,
    duckdb.ConversionException,
    duckdb.TypeMismatchException,
)
"""What says that rows do not fit: there is no column, a rule is broken, a value cannot be read as the new type."""


def bring_to_contracts(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make every table that is not there yet, and bring those to their contracts that another version made.

    Each table is a transaction of its own, so that what a kill leaves is finished by the next opening.

    Args:
        con: A writer's connection, no transaction open.
        folder: Where the file is, `raw` beside it.

    Raises:
        WarehouseError: A table that must be kept cannot be brought to its contract; its rows are as they were.
    """
    found = definitions(con)
    missing = [name for name in TABLES if name not in found]
    other = differing(found)
    if not missing and not other:
        return
    is_new = TABLES.keys().isdisjoint(found)
    add(con, [name for name in missing if name not in VIEWS], folder, is_new=is_new)
    for name in sorted(other, key=lambda name: name not in NEVER_EMPTIED):
        bring(con, name, folder)
    create_views(con)
    if not is_new:
        again = [name for name in [*missing, *other] if name not in KEPT | VIEWS]
        logger.warning(
            "%s was made by another version of this program; made again in the next run: %s.",
            folder / WORKING,
            ", ".join(again) or "nothing",
        )


def definitions(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The definition of every table and view of the file, by full name."""
    return dict(
        con.execute(
            "SELECT schema_name || '.' || table_name, sql FROM duckdb_tables()"
            " UNION ALL SELECT schema_name || '.' || view_name, sql FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    )


def is_of_another_version(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a file lacks a table or view, or has one that is not as its contract says."""
    found = definitions(con)
    return not TABLES.keys() <= found.keys() or bool(differing(found))


def differing(found: dict[str, str]) -> list[str]:
    """The tables whose definition is not the contract's, in the order of the contracts."""
    expected = shapes()
    other = [name for name in expected if name in found and shape(found[name]) != expected[name]]
    if not other:
        return []
    as_written = rendered()
    return [name for name in other if found[name] != as_written[name]]


def shape(sql: str) -> str:
    """A definition without what DuckDB writes in its own way."""
    return _PUNCTUATION.sub("", sql)


@cache
def shapes() -> dict[str, str]:
    """The shape of every contract's table."""
    return {name: shape(definition(name, table)) for name, table in TABLES.items() if name not in VIEWS}


@cache
def rendered() -> dict[str, str]:
    """Every contract's definition in this DuckDB's own words, which take it a moment."""
    with duckdb.connect() as con:
        create_tables(con)
        return definitions(con)


def add(con: duckdb.DuckDBPyConnection, names: list[str], folder: Path, *, is_new: bool) -> None:
    """Make tables that are not there; in a file that is not new, runs were without them, and make their rows now."""
    con.execute("BEGIN")
    for name in names:
        create_table(con, name)
    for name in () if is_new else names:
        make_again(con, name, folder / "raw")
    con.execute("COMMIT")


def bring(con: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
    """Bring one table to its contract.

    Raises:
        WarehouseError: It cannot be, and must be kept.
    """
    reasons = []
    for carry in (True,) if name in NEVER_EMPTIED else (True, False):
        con.execute("BEGIN")
        try:
            rename_and_make(con, name, folder / "raw", carry=carry)
        except UNFIT as error:
            con.execute("ROLLBACK")
            reasons.append(str(error).splitlines()[0])
        else:
            con.execute("COMMIT")
            return
    raise WarehouseError(
        f"{name} in {folder / WORKING} was made by another version of this program and cannot be brought to this one's"
        f" columns ({'; '.join(reasons)}): its rows are as they were; go on with the version that made it, or move the"
        " file away and run `pipeline publish`, which makes everything from `raw/` but the corrections and the ids."
    )


def rename_and_make(con: duckdb.DuckDBPyConnection, name: str, raw: Path, *, carry: bool) -> None:
    """Make a table by its contract in the place of the one there, with its rows or empty.

    Raises:
        CannotCarryError: There is no column for a value that must be kept, or nothing to make the rows of an empty
            table from.
    """
    before = f"{name}_before"
    con.execute(f"ALTER TABLE {name} RENAME TO {before.split('.')[1]}")
    create_table(con, name)
    if carry:
        con.execute(f"INSERT INTO {name} ({column_list(name)}) SELECT {carried(con, name, before)} FROM {before}")
    con.execute(f"DROP TABLE {before}")
    gone = make_again(con, name, raw)
    if gone and not carry:
        raise CannotCarryError(f"{gone} of the raw pages it was read from are gone")


def carried(con: duckdb.DuckDBPyConnection, name: str, before: str) -> str:
    """The contract's columns, each as an expression over the columns of the table before."""
    table = TABLES[name]
    known = {column for column, *_ in con.execute(f"DESCRIBE {before}").fetchall()}
    unknown = sorted(known.difference(table.column_names()))
    if unknown and name in KEPT:
        raise CannotCarryError(f"this version has no column {', '.join(unknown)}")
    return ", ".join(value_of(name, table, column, is_known=column in known) for column in table.column_names())


def value_of(name: str, table: Table, column_name: str, *, is_known: bool) -> str:
    """A column's value as an expression: as it was, else null, else a plain value if the row is made again.

    What names a row is never made up, nor whose a mention is.
    """
    column = table.columns()[column_name]
    names_something = column.primary_key or (name in NEVER_EMPTIED and isinstance(column, dy.String))
    value = f"CAST({quoted(column_name) if is_known else 'NULL'} AS {duckdb_type(column.dtype)})"
    if column.nullable or name in KEPT or names_something:
        return value
    return f"coalesce({value}, {plain(column)})"


def plain(column: dy.Column) -> str:
    """A value that a column takes, as far as its type tells: the rows stand so until they are made again."""
    if isinstance(column, dy.Enum):
        return literal(column.categories[0])
    if isinstance(column, dy.Int32 | dy.Int64 | dy.Float64):
        return str(column.min or 0)
    return {dy.Bool: "false", dy.List: "[]", dy.String: "'unknown'"}.get(type(column), "TIMESTAMPTZ 'epoch'")


def make_again(con: duckdb.DuckDBPyConnection, name: str, raw: Path) -> int:
    """Have the rows of a table made again by the next run; returns how many raw pages for that are gone."""
    if name in KEPT:
        return 0
    gone = 0
    if name in DOORS:
        gone = read_again(con, raw, DOORS[name])
    elif name.startswith("marts.related_"):
        con.execute(RELATE_ALL)
    con.execute(f"{BUILD_ALL} {STEPS[layer(name)]}")
    return gone


def read_again(con: duckdb.DuckDBPyConnection, raw: Path, doors: str) -> int:
    """Have the pages of some doors read again, as far as they are still there; returns how many are not."""
    pages = con.execute("SELECT DISTINCT page_id, path FROM raw.pages WHERE source LIKE ?", [doors]).fetchall()
    there = [page_id for page_id, path in pages if (raw / path).is_file()]
    for table in ("staging.page_loads", "staging.rejected"):
        con.execute(f"DELETE FROM {table} WHERE page_id IN (SELECT unnest(?))", [there])
    return len(pages) - len(there)
