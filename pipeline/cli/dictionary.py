"""The data dictionary in words, from the table contracts.

`python -m pipeline.cli.dictionary > docs/data-dictionary.md` writes it anew. No command of its own: people read that
file or the comments in the warehouse they query, and a test holds both to the contracts.
"""

import html
import sys
from collections.abc import Iterator

import dataframely as dy

from pipeline.schemas import INPUT_TABLES, TABLES, Table, description, layer
from warehouse.tables import duckdb_type

LAYERS = {
    "raw": "What the sources were asked, and where their answers lie as received.",
    "staging": "Validated records by source, and the works and mentions joined from them.",
    "resolved": "Identity: which mentions are one person, why, and since when.",
    "marts": "Answers: what the pages of an app show, one indexed read each.",
}
"""Layer -> what is in it, in the order the data flows."""

PIPE = r"\|"
"""A bar that does not end a cell, also within code."""

HEAD = """\
# Data dictionary

Every table and column of `warehouse.duckdb`. Written by `python -m pipeline.cli.dictionary` from the contracts in
`pipeline/schemas/`; a test holds this file to them. The same texts stand in the file itself:

```sql
SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'marts';
SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = 'authors';
```

Moments are UTC. A column may be null only where the table says "yes"; a list without entries is empty, not null.
"""


def dictionary() -> str:
    """The whole dictionary as Markdown, layers and tables in the order the data flows."""
    return "\n".join([HEAD, *(part for name in LAYERS for part in layer_part(name))])


def layer_part(name: str) -> Iterator[str]:
    """One layer's heading and its tables."""
    yield f"## {name}\n\n{LAYERS[name]}\n"
    for table_name, table in TABLES.items():
        if layer(table_name) == name:
            yield table_part(table_name, table)


def table_part(name: str, table: Table) -> str:
    """One table: what a row is, its key, its columns."""
    key = ", ".join(f"`{column}`" for column in table.primary_key())
    facts = [
        f"One row: {description(table)[0].lower()}{description(table)[1:]}",
        f"Key: {key}." if key else "No key: rows are only added.",
        "Written by people, never by a run." if name in INPUT_TABLES else "",
    ]
    columns = [column_row(column_name, column) for column_name, column in table.columns().items()]
    head = ["| column | type | null | what it holds | rule |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([f"### {name}", "", " ".join(filter(None, facts)), "", *head, *columns, ""])


def column_row(name: str, column: dy.Column) -> str:
    """One column as a row of its table."""
    cells = (
        f"`{name}`",
        duckdb_type(column.dtype).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"),
        "yes" if column.nullable else "",
        html.escape(column.description or "", quote=False),
        rule(column),
    )
    return f"| {' | '.join(cell.replace('|', PIPE) for cell in cells)} |"


def rule(column: dy.Column) -> str:
    """What the column's values must be, beyond the type; empty when anything goes."""
    if isinstance(column, dy.Enum):
        return "one of " + ", ".join(column.categories)
    if isinstance(column, dy.String) and column.regex:
        return f"matches `{column.regex}`"
    if isinstance(column, dy.String) and column.min_length:
        return "not empty" if column.min_length == 1 else f"at least {column.min_length} characters"
    if isinstance(column, dy.Int32 | dy.Int64 | dy.Float64):
        return " and ".join(
            f"{words} {bound:g}"
            for words, bound in (("at least", column.min), ("at most", column.max))
            if bound is not None
        )
    return ""


if __name__ == "__main__":
    sys.stdout.write(dictionary())
