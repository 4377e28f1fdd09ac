"""The door: Arrow tables in, checked and sorted polars frames out.

What belongs here: telling good input from bad, filling optional columns that are missing, one row order. What
does not: reading names or any other evidence.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl
import pyarrow as pa

from pipeline.resolve.schemas import (
    CORRECTIONS,
    MENTIONS,
    REQUIRED_MENTION_COLUMNS,
    REQUIRED_WORK_COLUMNS,
    WORKS,
    ResolverInputError,
)

_POLARS_TYPES: Final = {
    pa.string(): pl.String(),
    pa.int64(): pl.Int64(),
    pa.list_(pa.string()): pl.List(pl.String()),
}
SAME, DIFFERENT = "same", "different"


@dataclass(frozen=True, slots=True)
class ResolverInput:
    """Checked input, in the order that makes every later step independent of how the rows arrived.

    Attributes:
        mentions: `schemas.MENTIONS` columns, sorted by mention_id, plus `work` (row of the work in `works`).
        works: `schemas.WORKS` columns, sorted by work_id; only works that have a mention.
        same: mention rows (left, right) that a correction joins.
        different: mention rows (left, right) that a correction keeps apart.
    """

    mentions: pl.DataFrame
    works: pl.DataFrame
    same: list[tuple[int, int]]
    different: list[tuple[int, int]]


def checked_input(mentions: pa.Table, works: pa.Table, corrections: pa.Table | None = None) -> ResolverInput:
    """Check the resolver's input and bring it into one order.

    Raises:
        ResolverInputError: a required column is missing or of another type, an id or a name is null or an id
            is there twice, or a mention's work is not in `works`.
    """
    mention_rows = _sorted(_conformed(mentions, "mentions", MENTIONS, REQUIRED_MENTION_COLUMNS), "mention_id")
    work_rows = _sorted(_conformed(works, "works", WORKS, REQUIRED_WORK_COLUMNS), "work_id")
    _refuse_nulls(mention_rows, "mentions", ("mention_id", "work_id", "name"))
    _refuse_nulls(work_rows, "works", ("work_id",))
    _refuse_duplicates(mention_rows, "mentions", "mention_id")
    _refuse_duplicates(work_rows, "works", "work_id")
    used = _sorted(work_rows.join(mention_rows.select("work_id").unique(), on="work_id", how="semi"), "work_id")
    place = used.select("work_id", pl.row_index("work").cast(pl.Int32))
    work = mention_rows.select("work_id").join(place, on="work_id", how="left", maintain_order="left")["work"]
    placed = mention_rows.with_columns(work)
    lost = placed.filter(pl.col("work").is_null())
    if lost.height:
        raise ResolverInputError(
            f"mention {lost['mention_id'][0]!r} is on work {lost['work_id'][0]!r}, which is not in works;"
            " add the work or leave the mention out."
        )
    same, different = correction_rows(corrections, placed["mention_id"])
    return ResolverInput(mentions=placed, works=used, same=same, different=different)


def _conformed(table: pa.Table, label: str, schema: pa.Schema, required: tuple[str, ...]) -> pl.DataFrame:
    """Give a table exactly the columns of `schema`: cast what is there, null where an optional one is missing."""
    missing = [name for name in required if name not in table.column_names]
    if missing:
        raise ResolverInputError(f"{label} has no column {missing[0]!r}; it needs {', '.join(required)}.")
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise ResolverInputError(f"{label} has two columns named {twice[0]!r}; keep one.")
    frame = pl.DataFrame(table.select([name for name in schema.names if name in table.column_names]))
    columns = []
    for field in schema:
        wanted = _POLARS_TYPES[field.type]
        if field.name not in frame.columns:
            columns.append(pl.lit(None, dtype=wanted).alias(field.name))
            continue
        columns.append(_cast_column(frame, label, field.name, wanted))
    return (
        frame.select(columns) if frame.width else pl.DataFrame(schema={f.name: _POLARS_TYPES[f.type] for f in schema})
    )


def _cast_column(frame: pl.DataFrame, label: str, name: str, wanted: pl.DataType) -> pl.Expr:
    """Cast one column, or say which one cannot be: text is not guessed from numbers nor numbers from text."""
    found = frame.schema[name]
    both_text = wanted == pl.String() and found in {pl.String(), pl.Categorical(), pl.Null()}
    both_whole = wanted == pl.Int64() and (found.is_integer() or found == pl.Null())
    both_lists = isinstance(wanted, pl.List) and (
        found == pl.Null() or (isinstance(found, pl.List) and found.inner in {pl.String(), pl.Categorical(), pl.Null()})
    )
    if not (both_text or both_whole or both_lists):
        kind = {pl.String(): "text", pl.Int64(): "a whole number"}.get(wanted, "a list of texts")
        raise ResolverInputError(f"column {name!r} of {label} is {found}, but must be {kind}.")
    return pl.col(name).cast(wanted)


def _refuse_nulls(frame: pl.DataFrame, label: str, columns: tuple[str, ...]) -> None:
    for name in columns:
        if frame[name].null_count():
            row = frame.filter(pl.col(name).is_null())
            who = row[frame.columns[0]][0]
            where = f"{frame.columns[0]} {who!r}" if who is not None else "a row"
            raise ResolverInputError(f"column {name!r} of {label} is null at {where}; give it a value.")


def _refuse_duplicates(frame: pl.DataFrame, label: str, column: str) -> None:
    """Refuse a value that is there twice; rows are sorted by the column."""
    twice = frame.filter(pl.col(column) == pl.col(column).shift())
    if twice.height:
        raise ResolverInputError(f"{column} {twice[column][0]!r} is in {label} more than once; keep one row.")


def _sorted(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Sort rows, if they are not: a sorted copy of a large input is as large."""
    return frame if frame[column].is_sorted() else frame.sort(column)


def correction_rows(
    corrections: pa.Table | None, mention_ids: pl.Series
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Turn `same` and `different` corrections into pairs of mention rows, sorted, each pair once."""
    if corrections is None:
        return [], []
    required = ("kind", "mention_id_l", "mention_id_r")
    frame = _conformed(corrections, "corrections", CORRECTIONS, required)
    _refuse_nulls(frame, "corrections", ("kind",))
    decisions = frame.filter(pl.col("kind").is_in([SAME, DIFFERENT]))
    _refuse_nulls(decisions, "corrections", ("mention_id_l", "mention_id_r"))
    rows = pl.DataFrame({"mention_id": mention_ids}).with_row_index("row")
    placed = decisions.join(rows.rename({"mention_id": "mention_id_l", "row": "l"}), on="mention_id_l").join(
        rows.rename({"mention_id": "mention_id_r", "row": "r"}), on="mention_id_r"
    )
    pairs: dict[str, list[tuple[int, int]]] = {SAME: [], DIFFERENT: []}
    for kind, left, right in placed.select("kind", "l", "r").iter_rows():
        if kind == SAME or left != right:
            pairs[kind].append((min(left, right), max(left, right)))
    return sorted(set(pairs[SAME])), sorted(set(pairs[DIFFERENT]))
