"""Bags of weighted codes: the terms, co-authors, references or categories of a work or a mention.

What belongs here: building bags from texts and lists, as flat arrays. What does not: comparing two bags
(`pairs.overlap`) and judging the result (`comparisons`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.resolve.terms import exploded_terms

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

_RAREST: Final = 0.5
"""Occurrences that a term is taken to have when the counts do not know it."""

_UNSEEN_AFFILIATIONS: Final = 3.0
"""Added to the affiliations that hold a term: those under the floor of the counts are not told apart."""


@dataclass(frozen=True, slots=True)
class Bags:
    """One bag of distinct codes per row, as a compressed sparse matrix.

    Attributes:
        begin: Place of each row's first entry; one longer than there are rows.
        codes: Codes, ascending within a row.
        weights: Weight of each entry.
        vocabulary: Codes are below this number.
    """

    begin: IntArray
    codes: npt.NDArray[np.int32]
    weights: FloatArray
    vocabulary: int

    def sizes(self) -> IntArray:
        """Entries of each row."""
        return np.diff(self.begin)

    def entries(self, rows: IntArray) -> tuple[IntArray, npt.NDArray[np.int32], FloatArray]:
        """List the entries of the given rows: index into `rows`, code, weight; grouped by row."""
        sizes = self.begin[rows + 1] - self.begin[rows]
        entry = np.repeat(np.arange(len(rows)), sizes)
        place = (
            np.arange(len(entry)) + np.repeat(self.begin[rows] - np.concatenate(([0], np.cumsum(sizes)[:-1])), sizes)
            if len(rows)
            else np.zeros(0, dtype=np.int64)
        )
        return entry, self.codes[place], self.weights[place]


def bags_of(
    row: IntArray,
    code: npt.NDArray[np.int32],
    weight: FloatArray,
    rows: int,
    vocabulary: int,
    *,
    normed: bool,
) -> Bags:
    """Build bags from entries, sorted by row then code, each code once per row.

    Args:
        row: Row of each entry.
        code: Its code.
        weight: Its weight.
        rows: How many rows there are.
        vocabulary: Codes are below this number.
        normed: Scale each bag to length 1, so that an overlap is a cosine.
    """
    sizes = np.bincount(row, minlength=rows)
    begin = np.concatenate(([0], np.cumsum(sizes)))
    if normed:
        length = np.sqrt(np.bincount(row, weights=weight.astype(np.float64) ** 2, minlength=rows))
        weight = (weight / length[row]).astype(np.float32)
    return Bags(begin=begin, codes=code.astype(np.int32), weights=weight.astype(np.float32), vocabulary=vocabulary)


def term_bags(texts: pl.Series, occurrences: pl.DataFrame, documents: float, *, keep: int) -> Bags:
    """Bags of terms weighted by rarity (idf), of length 1.

    Args:
        texts: One text per row, null where there is none.
        occurrences: `term, mentions`: documents that hold each term, among `documents`.
        documents: Documents behind the counts.
        keep: Only the rarest so many terms of each text: a long abstract's common words say little and cost most.
    """
    terms = (
        exploded_terms(texts)
        .join(occurrences, on="term", how="left")
        .with_columns(idf=(documents / pl.col("mentions").fill_null(_RAREST)).log(2).cast(pl.Float32))
        .filter(pl.col("idf") > 0)
        .sort("row", "idf", "term", descending=[False, True, False])
        .filter(pl.int_range(pl.len()).over("row") < keep)
    )
    return _coded(terms, "term", texts.len(), normed=True)


def affiliation_bags(texts: pl.Series, occurrences: pl.DataFrame) -> Bags:
    """Bags of terms weighted by the square root of their rarity, of length 1.

    Rarity is damped, as the counted affiliations are few: what they do not hold may be rare or only elsewhere.

    Args:
        texts: One affiliation per row, null where there is none.
        occurrences: `term, mentions`: affiliations that hold each term; all of them under the empty term.
    """
    every = float(occurrences.filter(pl.col("term") == "")["mentions"].sum())
    rarity = (every / (pl.col("mentions").fill_null(0) + _UNSEEN_AFFILIATIONS)).log(2)
    terms = (
        exploded_terms(texts)
        .join(occurrences, on="term", how="left")
        .with_columns(idf=rarity.clip(lower_bound=0.0).sqrt().cast(pl.Float32))
        .filter(pl.col("idf") > 0)
    )
    return _coded(terms, "term", texts.len(), normed=True)


def list_bags(lists: pl.Series, *, normed: bool) -> Bags:
    """Bags of a list column's distinct values, each of weight 1."""
    values = (
        pl.DataFrame({"value": lists})
        .with_row_index("row")
        .explode("value")
        .drop_nulls()
        .with_columns(pl.col("value").str.to_lowercase().str.strip_chars())
        .unique()
        .with_columns(idf=pl.lit(1.0, dtype=pl.Float32))
    )
    return _coded(values, "value", lists.len(), normed=normed)


def _coded(entries: pl.DataFrame, column: str, rows: int, *, normed: bool) -> Bags:
    """Number the values and build the bags; `entries` has `row`, the column and `idf`."""
    distinct = entries.select(pl.col(column).unique().sort()).with_row_index("code")
    coded = entries.join(distinct, on=column, how="left").sort("row", "code")
    return bags_of(
        coded["row"].to_numpy().astype(np.int64),
        coded["code"].to_numpy(),
        coded["idf"].to_numpy(),
        rows,
        max(distinct.height, 1),
        normed=normed,
    )
