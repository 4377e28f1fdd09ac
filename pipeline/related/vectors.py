"""Works as vectors of terms and of references, whole numbers whose products are similarities.

What belongs here: weighing and pruning what one work has. What does not: comparing works (`neighbours`). A work's
vector depends on the work and the statistics alone. Its entries are whole numbers, so that sums of products are exact:
two works have the same similarity in any company, order and batch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import scipy.sparse as sp

from pipeline.related.statistics import RARE_REFERENCE, Statistics
from pipeline.related.terms import FloatArray, IntArray, keyed, occurrences, parts, stems_of

SCALE: Final = 2_048
"""Length of a vector. The similarity of two is their product over SCALE squared."""

MOST_TERMS: Final = 40
"""Most telling terms kept of a work; few titles have as many."""

KEPT_TERMS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "work_id": pl.String,
    "terms": pl.List(pl.Int32),
    "weights": pl.List(pl.Int32),
}
"""Of each work the places of its terms among all that tell something, the most telling first, and their weights in it,
whole numbers up to SCALE."""

MOST_REFERENCES: Final = 200
"""Least cited references kept of a work."""


MOST_LOOKED_AT: Final = 4_000
"""Works that a work's terms or references may lead to, in the order of what they tell, before no further one is asked
by: without an end to it a list costs more the more works there are."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """What works have of one kind.

    Attributes:
        matrix: One row a work, one column a term or reference, the most telling first; whole numbers.
        asking: Of each row the most telling entries, by which the work looks for others: at least one, and more until
            those lead to `MOST_LOOKED_AT` works.
        names: What each column is called.
        parts: Two columns, or -1, that a column is made of: the words of a phrase.
    """

    matrix: sp.csr_matrix
    asking: sp.csr_matrix
    names: pl.Series
    parts: IntArray


@dataclass(frozen=True, slots=True)
class Corpus:
    """Works that can be compared.

    Attributes:
        work_ids: The works, sorted; a work's row is its place here.
        terms: What their titles and abstracts say.
        references: What they cite, and themselves: so a paper is near those that cite it.
    """

    work_ids: pl.Series
    terms: Vectors
    references: Vectors


def kept_terms(works: pl.DataFrame, statistics: Statistics) -> Iterator[pl.DataFrame]:
    """What is kept of the texts of works, some works at a time; it changes with the text and the statistics alone.

    Args:
        works: `work_id`, `title` and `abstract`, in any order.
        statistics: What terms tell.

    Yields:
        `KEPT_TERMS`, one row a work, in their order.
    """
    telling = _telling(statistics.terms)
    stems = stems_of(telling["term"])
    columns_of = _Columns.of(keyed(telling["term"], stems))
    weight = telling["weight"].to_numpy()
    for found in occurrences(works, stems):
        column, is_known = columns_of.find(found.key)
        value = (1 + np.log(found.count[is_known])) * weight[column]
        kept = _scaled(found.row[is_known], column, value, MOST_TERMS)
        offsets = np.searchsorted(kept.row, np.arange(found.of.start, found.of.stop + 1))
        yield pl.DataFrame(
            {
                "work_id": works["work_id"].slice(found.of.start, len(found.of)),
                "terms": _listed(offsets, kept.column),
                "weights": _listed(offsets, kept.value),
            },
            schema=KEPT_TERMS,
        )


def _listed(offsets: IntArray, values: FloatArray | IntArray) -> pl.Series:
    """Values as lists of whole numbers that begin at the offsets."""
    whole = pa.array(values.astype(np.int32))
    listed: pl.Series = pl.from_arrow(pa.LargeListArray.from_arrays(pa.array(offsets.astype(np.int64)), whole))  # type: ignore[assignment] # an array becomes a series
    return listed


def corpus(kept: pl.DataFrame, references: pl.DataFrame, statistics: Statistics) -> Corpus:
    """Make the vectors of works.

    Args:
        kept: What `kept_terms` gave for every work, by the same statistics; sorted by `work_id`.
        references: `work_id` and `reference`, each pair once, in any order. A reference that is a work here has the
            work's id.
        statistics: What terms and references tell.
    """
    return Corpus(
        kept["work_id"],
        _term_vectors(kept, statistics.terms),
        _reference_vectors(kept["work_id"], references, statistics.references),
    )


def _telling(terms: pl.DataFrame) -> pl.DataFrame:
    """The terms that tell something, the most telling first: a term's place among them is its column."""
    return terms.filter(pl.col("weight") > 0).sort(pl.col("weight").neg(), "term")


def _term_vectors(kept: pl.DataFrame, terms: pl.DataFrame) -> Vectors:
    telling = _telling(terms)
    keys = keyed(telling["term"], stems_of(telling["term"]))
    columns_of = _Columns.of(keys)
    first, second = parts(keys)
    inner = np.full((len(keys), 2), -1, dtype=np.int64)
    for place, part in enumerate((first, np.where(first > 0, second, 0))):
        column, is_known = columns_of.find(part)
        inner[is_known, place] = column
    column, value = (
        kept[name].explode(empty_as_null=False, keep_nulls=False).to_numpy() for name in ("terms", "weights")
    )
    row = np.repeat(np.arange(kept.height, dtype=np.int64), kept["terms"].list.len().to_numpy())
    return _vectors(
        _Kept(row, column, value.astype(np.float64)), kept.height, telling["works"].to_numpy(), telling["word"], inner
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns by the key of their term."""

    keys: IntArray
    columns: IntArray

    @staticmethod
    def of(keys: IntArray) -> "_Columns":
        """Take the keys of all columns, in their order."""
        order = np.argsort(keys)
        return _Columns(keys[order], order)

    def find(self, wanted: IntArray) -> tuple[IntArray, npt.NDArray[np.bool_]]:
        """The columns of those keys that have one, and which have."""
        if not len(self.keys):
            return np.zeros(0, dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        is_known = self.keys[place] == wanted
        return self.columns[place[is_known]], is_known


def _reference_vectors(work_ids: pl.Series, references: pl.DataFrame, counted: pl.DataFrame) -> Vectors:
    rows = pl.DataFrame({"work_id": work_ids}).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    held = references.join(rows, on="work_id").select("row", "reference")
    if held.is_empty():
        names, parts_of = pl.Series([], dtype=pl.String), np.zeros((0, 2), dtype=np.int64)
        return _vectors(_NOTHING, work_ids.len(), _NOTHING.column, names, parts_of)
    # Also of a work that nobody cites yet: its vector must not change when somebody does.
    own = rows.select("row", reference="work_id")
    all_held = pl.concat([held, own]).unique().join(counted, on="reference", how="left")
    named = (
        all_held.select("reference", pl.col("works").fill_null(RARE_REFERENCE - 1))
        .unique()
        .sort("works", "reference")
        .with_row_index("column")
        .with_columns(pl.col("column").cast(pl.Int64))
    )
    entries = all_held.select("row", "reference").join(named, on="reference").sort("row", "column")
    # Adamic and Adar's weight: what few share tells most, without knowing how many there are.
    value = 1 / np.log2(2 + entries["works"].to_numpy())
    kept = _scaled(entries["row"].to_numpy(), entries["column"].to_numpy(), value, MOST_REFERENCES)
    inner = np.full((named.height, 2), -1, dtype=np.int64)
    return _vectors(kept, work_ids.len(), named["works"].to_numpy(), named["reference"], inner)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The entries of vectors, by row, the most telling of a row first."""

    row: IntArray
    column: IntArray
    value: FloatArray


_NOTHING: Final = _Kept(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))


def _scaled(row: IntArray, column: IntArray, value: FloatArray, most: int) -> _Kept:
    """The greatest entries of each row, greatest first, as whole numbers.

    A row is scaled as if it had one entry more, as great as its greatest, that no other work has: who has little in
    common with others because there is little of it is not near to them.

    Args:
        row: Row of each entry, ascending.
        column: Column of each entry.
        value: Value of each entry, over 0.
        most: Entries kept of a row.
    """
    if not len(row):
        return _NOTHING
    order = np.lexsort((column, -value, row))
    sorted_rows = row[order]
    starts = np.flatnonzero(np.concatenate([[True], sorted_rows[1:] != sorted_rows[:-1]]))
    sizes = np.diff(np.append(starts, len(order)))
    place = np.arange(len(order)) - np.repeat(starts, sizes)
    kept = np.where(place < most, value[order], 0.0)
    length = np.sqrt(np.add.reduceat(kept**2, starts) + value[order[starts]] ** 2)
    whole = np.rint(SCALE * kept / np.repeat(length, sizes))
    entries = order[whole > 0]
    return _Kept(row[entries], column[entries], whole[whole > 0])


def _vectors(kept: _Kept, works: int, works_of: IntArray, names: pl.Series, inner: IntArray) -> Vectors:
    """Vectors of their entries; `works_of` says how many works have each column."""
    led_to = np.concatenate([[0], np.cumsum(works_of[kept.column])])
    before = led_to[:-1] - led_to[np.searchsorted(kept.row, kept.row)]
    asked = before < MOST_LOOKED_AT
    shape = (works, names.len())
    asking = _matrix(_Kept(kept.row[asked], kept.column[asked], kept.value[asked]), shape)
    return Vectors(_matrix(kept, shape), asking, names, inner)


def _matrix(kept: _Kept, shape: tuple[int, int]) -> sp.csr_matrix:
    place = kept.row.astype(np.int32), kept.column.astype(np.int32)
    matrix = sp.csr_matrix((kept.value, place), shape=shape)
    matrix.sort_indices()
    return matrix
