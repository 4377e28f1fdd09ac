"""query, export: the published warehouse asked, and its marts handed on as Parquet.

What belongs here: reading what was asked for, showing the answer. What does not: the questions themselves
(`warehouse.queries`), writing the files (`warehouse.export`).
"""

import csv
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any, Final

import duckdb
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli.console import err, out
from pipeline.cli.runs import CommandError
from pipeline.settings import Settings
from warehouse.export import export_marts
from warehouse.queries import Parameter, Question, question, questions

TABLE_ROWS: Final = 100
"""Rows of a table when nothing is said."""

ROWS_AT_ONCE: Final = 2_000

LEAST_COLUMN_WIDTH: Final = 10
"""Characters a column needs; where they have less, a table shows each row by itself, one line a column."""

READS: Final = frozenset({"SELECT", "EXPLAIN", "PRAGMA", "CALL", "MULTI"})
"""DuckDB's kinds of statement that answer with rows and change nothing; PIVOT is MULTI."""

Row = tuple[Any, ...]


class Form(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("query")(ask)
    app.command("export")(export)


def ask(
    sql: Annotated[str | None, typer.Argument(help="SQL to run; - reads it from standard input.")] = None,
    *,
    file: Annotated[
        str | None, typer.Option("--file", help="One of the questions that --list shows, or the path of a SQL file.")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Value of a parameter; may be repeated.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table cuts long values, csv and json do not.")] = Form.TABLE,
    limit: Annotated[int | None, typer.Option(min=0, help="Rows at most, 0 for all: 100 in a table, all else.")] = None,
    is_list: Annotated[bool, typer.Option("--list", help="List the questions that come with the warehouse.")] = False,
) -> None:
    """Ask the published warehouse, in SQL or one of the questions that come with it.

    Nothing can be changed, and no other file read or written: to keep an answer, redirect it.
    """
    if is_list:
        show_questions()
        return
    asked = question_of(sql, file)
    given = settings_of(values or [])
    with Settings().warehouse.read() as con:
        names, rows = answer(con, asked, given)
        with plain_errors(asked):
            show(names, rows, form, TABLE_ROWS if limit is None and form is Form.TABLE else limit or None)


def export(
    to: Annotated[Path, typer.Option("--to", help="Folder to write; an earlier export there is replaced.")],
) -> None:
    """Write the marts of the published warehouse as Parquet files, with a manifest."""
    with err().status("Writing the marts") as status:
        done = export_marts(Settings().warehouse, to, lambda table: status.update(f"Writing {table}"))
    size = f"{done.size_bytes / 2**20:.1f} MiB"
    out().print(
        f"{done.tables} tables, {done.rows} rows in {done.files} files ({size}) written to {to}.", soft_wrap=True
    )


def show_questions() -> None:
    """Print the questions with their parameters."""
    table = Table("name", "asks", "parameters", box=None, padding=(0, 2, 0, 0))
    for each in questions().values():
        told = (f"{one.name}={'...' if one.default is None else one.default}" for one in each.parameters)
        table.add_row(each.name, Text(each.asks), Text(" ".join(told)))
    out().print(table)
    out().print("\npipeline query --file NAME --set PARAMETER=VALUE; those with ... must be given.")


def question_of(sql: str | None, file: str | None) -> Question:
    """The question asked.

    Raises:
        CommandError: Neither or both were given, or the file is not there.
    """
    if (sql is None) == (file is None):
        raise CommandError("Give SQL or --file, one of them; --list shows the questions that --file knows.")
    if file is None:
        return question("The query", sys.stdin.read() if sql == "-" else str(sql))
    known = questions()
    if file in known:
        return known[file]
    path = Path(file)
    try:
        return question(path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        near = get_close_matches(file, known, n=1)
        hint = f"did you mean {near[0]}" if near else "`pipeline query --list` shows the questions"
        raise CommandError(f"{file} is no question and no SQL file that can be read: {hint}.") from error


def settings_of(words: Iterable[str]) -> dict[str, str]:
    """Values by parameter from words such as `name=value`.

    Raises:
        CommandError: A word has another form.
    """
    found = {}
    for word in words:
        name, is_there, value = word.partition("=")
        if not is_there or not name:
            raise CommandError(f"--set {word} cannot be read: write --set name=value.")
        found[name.removeprefix("$")] = value
    return found


def bound(asked: Question, wanted: set[str], given: Mapping[str, str]) -> dict[str, str]:
    """The values to bind: those given, else the defaults.

    Raises:
        CommandError: A value is missing, or one is given that the query does not take.
    """
    known = {one.name: one for one in asked.parameters}
    for name in given:
        if name not in wanted:
            takes = "takes " + ", ".join(sorted(wanted)) if wanted else "takes none"
            raise CommandError(f"{asked.name} has no parameter {name}: it {takes}.")
    found = {name: given.get(name, known.get(name, Parameter(name, None, "")).default) for name in sorted(wanted)}
    for name, value in found.items():
        if value is None:
            says = f", {known[name].says}" if name in known else ""
            raise CommandError(f"{asked.name} needs a value of {name}: give --set {name}=...{says}.")
    return {name: value for name, value in found.items() if value is not None}


def answer(
    con: duckdb.DuckDBPyConnection, asked: Question, given: Mapping[str, str]
) -> tuple[list[str], Iterator[Row]]:
    """Column names and rows of the answer, which are read as they are taken.

    Raises:
        CommandError: It is not one query that only reads, or cannot be answered.
    """
    # From here on the connection sees the published file and nothing else, and says so for good.
    for setting in (
        "search_path = 'marts,resolved,staging,raw'",
        "enable_external_access = false",
        "python_enable_replacements = false",
        "lock_configuration = true",
    ):
        con.execute(f"SET {setting}")
    with plain_errors(asked):
        statements = con.extract_statements(asked.sql)
        if len(statements) != 1:
            raise CommandError(f"{asked.name} has {len(statements)} statements: give one at a time.")
        kind = statements[0].type.name
        if kind not in READS:
            raise CommandError(
                f"The published warehouse is only read, {kind} is not allowed: use SELECT, and redirect what it prints."
            )
        result = con.execute(statements[0], bound(asked, statements[0].named_parameters, given))
        names = [column[0] for column in result.description or []]
    return names, chain.from_iterable(iter(lambda: result.fetchmany(ROWS_AT_ONCE), []))


@contextmanager
def plain_errors(asked: Question) -> Iterator[None]:
    """Turn what DuckDB says of a query into one sentence.

    Raises:
        CommandError: The query is wrong, or asks for what it may not have.
    """
    try:
        yield
    except duckdb.PermissionException as error:
        raise CommandError(
            f"{asked.name} asks for another file or an extension, and sees only the published warehouse:"
            " open warehouse.duckdb yourself for that."
        ) from error
    except duckdb.Error as error:
        first, *more = [line.strip() for line in str(error).splitlines() if line.strip()]
        hint = next((f" {line}" for line in more if line.startswith(("Did you mean", "Candidate bindings"))), "")
        raise CommandError(f"{asked.name} cannot be answered: {first}{hint}") from error


def show(names: Sequence[str], rows: Iterator[Row], form: Form, limit: int | None) -> None:
    """Print the rows, at most so many."""
    shown = islice(rows, limit)
    if form is Form.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([cell(value) for value in row] for row in shown)
    elif form is Form.JSON:
        write_json(names, shown)
    else:
        kept = list(shown)
        show_table(out(), names, kept)
        more = next(rows, None) is not None
        err().print(f"The first {len(kept)} rows; --limit 0 shows all." if more else f"{len(kept)} rows.")


def write_json(names: Sequence[str], rows: Iterable[Row]) -> None:
    """Print an array of objects, one a line."""
    separator = "["
    for row in rows:
        item = dict(zip(names, map(plain, row), strict=True))
        sys.stdout.write(f"{separator}\n{json.dumps(item, ensure_ascii=False, allow_nan=False)}")
        separator = ","
    sys.stdout.write("[]\n" if separator == "[" else "\n]\n")


def show_table(console: Console, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Print rows side by side, or one below the other where there are too many columns for that."""
    if len(names) * LEAST_COLUMN_WIDTH <= console.width:
        table = Table()
        for name in names:
            table.add_column(Text(name), no_wrap=True, overflow="ellipsis")
        for row in rows:
            table.add_row(*(Text(printable(cell(value))) for value in row))
        console.print(table)
        return
    for row in rows:
        table = Table("column", "value", show_header=False)
        for name, value in zip(names, row, strict=True):
            table.add_row(Text(name, style="bold"), Text(printable(cell(value)), no_wrap=True, overflow="ellipsis"))
        console.print(table)


def cell(value: object) -> str:
    """A value as text; lists and structs as JSON, nothing for null."""
    simple = plain(value)
    if simple is None:
        return ""
    return simple if isinstance(simple, str) else json.dumps(simple, ensure_ascii=False)


def printable(text: str) -> str:
    """A text that cannot speak to the terminal: one line, no control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def plain(value: object) -> Any:
    """A value of DuckDB's as JSON has it: moments in ISO 8601, numbers that are none as null."""
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)
