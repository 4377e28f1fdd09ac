"""What an asset shows of the table it filled: its first rows, and a plot where a picture says more.

Here: choosing rows and figures. Not here: drawing (`plots`). Dagster keeps what it is shown, so no name that somebody
asked to hide may be in it.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import dagster as dg
import duckdb

from pipeline.assets import plots
from pipeline.schemas import TABLES
from warehouse import query
from warehouse.publish import hides_names
from warehouse.withheld import Withheld, names_by_word, withheld_names, without

ROWS: Final = 3
"""Rows of a preview, side by side: a table with as many columns as a page's is wider than any window."""

CELL: Final = 60
"""Characters of a value in a preview."""

PLOTS: Final[Mapping[str, Sequence[tuple[str, str, Callable[[Any], str]]]]] = {
    "marts.authors": (
        ("trust by tier", "marts/trust_by_tier", plots.trust_by_tier),
        ("collaborator counts", "marts/collaborator_counts", plots.collaborator_counts),
    ),
    "marts.papers": (("coverage by source and month", "marts/coverage_by_month", plots.coverage_by_month),),
}
"""Table -> its plots: name, query of the figures, function that draws them."""

CENTRES: Final[Mapping[str, str]] = {
    "marts.graph_edges": "marts.papers",
    "marts.paper_edges": "marts.papers",
    "marts.author_edges": "marts.authors",
}
"""View that makes every edge there is unless it is told whose -> table whose first id a preview asks it for."""

Shown = dict[str, dict[str, dg.MetadataValue[Any]]]


def shown(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> Shown:
    """What each table's asset shows: `preview`, and its plots by name."""
    hidden = withheld_names(con) if hides_names(con) else []
    return {
        table: {
            "preview": dg.MetadataValue.md(preview(con, table, hidden)),
            **{
                name: dg.MetadataValue.md(draw(con.execute(query(sql)).fetchall()))
                for name, sql, draw in PLOTS.get(table, ())
            },
        }
        for table in tables
    }


def preview(con: duckdb.DuckDBPyConnection, table: str, hidden: list[Withheld]) -> str:
    """The first rows as a Markdown table, a line a column, as the published file will have them."""
    found = first_rows(con, table)
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    if hidden:
        by_word = names_by_word(hidden)
        rows = [without(hidden, by_word, table, row) for row in rows]
    head = ["column", *(f"row {number}" for number in range(1, len(rows) + 1))]
    lines = [head, ["---"] * len(head), *([name, *(cell(row[name]) for row in rows)] for name in names)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) if rows else "No rows yet."


def first_rows(con: duckdb.DuckDBPyConnection, table: str) -> duckdb.DuckDBPyConnection:
    """The first rows of a table or view; of the edges those of one centre, by kind."""
    if table not in CENTRES:
        return con.execute(f"SELECT * FROM {table} LIMIT {ROWS}")
    (key,) = TABLES[CENTRES[table]].primary_key()
    centre = con.execute(f"SELECT {key} FROM {CENTRES[table]} LIMIT 1").fetchone()
    return con.execute(f"SELECT * FROM {table} WHERE centre_id = ? ORDER BY kind, place LIMIT {ROWS}", centre or [None])


def cell(value: object) -> str:
    """A value in a Markdown table: one line, cut, none of its characters a command of Markdown or HTML."""
    text = value if isinstance(value, str) else json.dumps(value, default=plain, ensure_ascii=False)
    text = "" if value is None else " ".join(text.strip('"').split())
    text = f"{text[: CELL - 1]}…" if len(text) > CELL else text
    return "".join(f"&#{ord(letter)};" if letter in "|<>&`*[\\" else letter for letter in text)


def plain(value: object) -> str:
    """A moment as ISO 8601, anything else as it prints itself."""
    return value.isoformat() if isinstance(value, date) else str(value)
