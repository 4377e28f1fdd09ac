"""Bags of weighted codes: the terms, co-authors, references or categories of a work or a mention.

What belongs here: building bags from texts and lists, as flat arrays. What does not: comparing two bags
(`pairs.overlap`) and judging the result (`comparisons`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.resolve.codes import coded, distinct_entries
from pipeline.resolve.terms import Terms, terms_of

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]

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

    begin: LongArray
    codes: IntArray
    weights: FloatArray
    vocabulary: int

    def sizes(self) -> LongArray:
        """Entries of each row."""
        return np.diff(self.begin)

    def entries(self, rows: LongArray) -> tuple[LongArray, IntArray, FloatArray]:
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
    row: npt.NDArray[np.integer],
    code: IntArray,
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
    return Bags(
        begin=begin,
        codes=code.astype(np.int32, copy=False),
        weights=weight.astype(np.float32, copy=False),
        vocabulary=vocabulary,
    )


def term_bags(terms: Terms, occurrences: pl.DataFrame, documents: float, *, keep: int) -> Bags:
    """Bags of terms weighted by rarity (idf), of length 1.

    Args:
        terms: The terms of one text per row.
        occurrences: `term, mentions`: documents that hold each term, among `documents`.
        documents: Documents behind the counts.
        keep: Only the rarest so many terms of each text: a long abstract's common words say little and cost most.
    """
    rarity = (documents / pl.col("mentions").fill_null(_RAREST)).log(2)
    row, code, weight = _weighed(terms, occurrences, rarity)
    size = np.bincount(row, minlength=terms.texts)
    long = np.flatnonzero(size[row] > keep)
    order = long[np.lexsort((code[long], -weight[long], row[long]))]
    kept = np.ones(len(row), dtype=bool)
    kept[order] = np.arange(len(order)) - np.searchsorted(row[order], row[order]) < keep
    return bags_of(row[kept], code[kept], weight[kept], terms.texts, max(len(terms.words), 1), normed=True)


def affiliation_bags(texts: pl.Series, occurrences: pl.DataFrame) -> Bags:
    """Bags of terms weighted by the square root of their rarity, of length 1.

    Rarity is damped, as the counted affiliations are few: what they do not hold may be rare or only elsewhere.

    Args:
        texts: One affiliation per row, null where there is none.
        occurrences: `term, mentions`: affiliations that hold each term; all of them under the empty term.
    """
    every = float(occurrences.filter(pl.col("term") == "")["mentions"].sum())
    rarity = (every / (pl.col("mentions").fill_null(0) + _UNSEEN_AFFILIATIONS)).log(2)
    terms = terms_of(texts)
    row, code, weight = _weighed(terms, occurrences, rarity.clip(lower_bound=0.0).sqrt())
    return bags_of(row, code, weight, terms.texts, max(len(terms.words), 1), normed=True)


def _weighed(terms: Terms, occurrences: pl.DataFrame, rarity: pl.Expr) -> tuple[IntArray, IntArray, FloatArray]:
    """Row, code and weight of the terms that weigh something; `rarity` reads `mentions`, null where not counted."""
    of_word = (
        pl.DataFrame({"term": terms.words})
        .join(occurrences, on="term", how="left", maintain_order="left")
        .select(rarity.cast(pl.Float32))
        .to_series()
        .to_numpy()
    )
    kept = of_word[terms.code] > 0
    code = terms.code[kept]
    return terms.row[kept], code, of_word[code]


def list_bags(lists: pl.Series, *, normed: bool) -> Bags:
    """Bags of a list column's distinct values, each of weight 1."""
    values = pl.DataFrame({"value": lists}).with_row_index("row").explode("value").drop_nulls()
    code, texts = coded(values["value"])
    folded, texts = coded(texts.str.to_lowercase().str.strip_chars())
    row, code = distinct_entries(values["row"].to_numpy(), folded[code], len(texts))
    return bags_of(row, code, np.ones(len(row), dtype=np.float32), lists.len(), max(len(texts), 1), normed=normed)
