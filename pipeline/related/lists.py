"""The papers related to each paper, best first, with what they share.

What belongs here: joining what references and terms say, and the reasons. What does not: how near two works are
(`neighbours`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pyarrow as pa

from pipeline.related.neighbours import Nearest, Searchable, by_all_they_have, nearest, ranks, searchable, within_reach
from pipeline.related.terms import FloatArray, IntArray
from pipeline.related.vectors import SCALE, Corpus, Vectors

if TYPE_CHECKING:
    import scipy.sparse as sp

MOST_RELATED: Final = 200
"""Related papers of a paper."""

MOST_BY_REFERENCES: Final = 100
"""Of these, how many references can bring; terms fill what is left. So no list is ever cut after both were joined."""

FIRST_PAGE: Final = 20
"""Neighbours of one kind that need only be near enough to be shown; those behind them must be near, and nearer the less
a work has, as a title alone is near to many."""


@dataclass(frozen=True, slots=True)
class Floor:
    """How similar a related paper is at least: less than `similarity` where a work has so much that it is seldom met.

    Attributes:
        similarity: What is asked of the neighbours of a work that has little.
        entries: How many of a work's terms or references a neighbour has to have, so to say.
    """

    similarity: float
    entries: float

    def of(self, sizes: IntArray) -> IntArray:
        """What works with so many terms or references ask, as whole numbers."""
        asked = np.minimum(self.similarity, self.entries / np.maximum(sizes, 1))
        whole: IntArray = np.ceil(asked * SCALE**2).astype(np.int64)
        return whole


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of vector may bring.

    Attributes:
        first: Floor of the first `FIRST_PAGE` neighbours.
        further: Floor of those behind them, higher: a long list is for a paper with many that are near.
    """

    first: Floor
    further: Floor


BY_TERMS: Final = Kind(Floor(0.2, 2), Floor(0.35, 5))
BY_REFERENCES: Final = Kind(Floor(0.03, 0.5), Floor(0.1, 1.5))

RANK_OFFSET: Final = 60
"""Added to a rank before it is turned into a score, 1 / (60 + rank): the constant of reciprocal-rank fusion by Cormack,
Clarke and Buettcher (2009)."""

MOST_SHARED: Final = 5
"""Shared references, and shared terms, that are given as reasons."""

WORKS_AT_ONCE: Final = 10_000

NO_BAR: Final = 2**62


@dataclass(frozen=True, slots=True)
class Batch:
    """The lists of some works.

    Attributes:
        papers: `work_id, rank, related_work_id, score, shared_references, shared_terms`, sorted by work and rank.
        bars: `work_id, terms_bar, references_bar`: similarity that a work must have to enter the work's list, times
            SCALE squared; one row a work, also of those with an empty list.
    """

    papers: pa.Table
    bars: pl.DataFrame


def related(corpus: Corpus, rows: IntArray, *, threads: int) -> Iterator[Batch]:
    """Make the lists of some works.

    Args:
        corpus: All works.
        rows: The works to make lists of, ascending.
        threads: Threads; they change nothing but the time.

    Yields:
        The lists, in the order of the works.
    """
    terms, references = searchable(corpus.terms.matrix), searchable(corpus.references.matrix)
    for begin in range(0, len(rows), WORKS_AT_ONCE):
        yield _batch(corpus, rows[begin : begin + WORKS_AT_ONCE], terms, references, threads)


def reached(corpus: Corpus, changed: IntArray, bars: pl.DataFrame) -> IntArray:
    """The works whose lists a changed or new work enters, or may enter; sorted.

    Args:
        corpus: All works.
        changed: The new and changed works.
        bars: `terms_bar, references_bar` of every work in the order of the corpus, as `Batch.bars` had them; null where
            a work has no list yet.
    """
    by_terms, by_references = (
        within_reach(kind, changed, bars[name].fill_null(NO_BAR).to_numpy())
        for kind, name in ((corpus.terms, "terms_bar"), (corpus.references, "references_bar"))
    )
    return np.union1d(by_terms, by_references)


def _batch(corpus: Corpus, rows: IntArray, terms: Searchable, references: Searchable, threads: int) -> Batch:
    all_room = np.full(len(rows), MOST_BY_REFERENCES, dtype=np.int64)
    cited = _asked(corpus.references, rows, BY_REFERENCES, all_room)
    by_references = _kept(
        nearest(corpus.references, rows, references, most=MOST_BY_REFERENCES, least=cited.first, threads=threads), cited
    )
    said = _asked(corpus.terms, rows, BY_TERMS, MOST_RELATED - np.bincount(by_references.place, minlength=len(rows)))
    by_terms = _kept(nearest(corpus.terms, rows, terms, most=MOST_RELATED, least=said.first, threads=threads), said)
    ordered = [
        by_all_they_have(corpus.references, rows, by_references),
        by_all_they_have(corpus.terms, rows, by_terms),
    ]
    place, row, score = _fused(ordered, corpus.work_ids.len())
    left, right = rows[place], row
    papers = pa.table(
        {
            "work_id": _names(corpus.work_ids, left),
            "rank": pa.array(ranks(place).astype(np.int32)),
            "related_work_id": _names(corpus.work_ids, right),
            "score": pa.array(score),
            "shared_references": _shared(corpus.references, left, right),
            "shared_terms": _shared(corpus.terms, left, right),
        }
    )
    bars = pl.DataFrame(
        {
            "work_id": corpus.work_ids.gather(rows),
            "terms_bar": _bars(by_terms, said),
            "references_bar": _bars(by_references, cited),
        }
    )
    return Batch(papers, bars)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the works of a batch ask of their neighbours.

    Attributes:
        room: How many neighbours a work takes.
        first: Similarity of the first ones.
        further: Similarity of those behind them.
    """

    room: IntArray
    first: IntArray
    further: IntArray


def _asked(vectors: Vectors, rows: IntArray, kind: Kind, room: IntArray) -> _Asked:
    sizes = np.diff(vectors.matrix.indptr)[rows]
    return _Asked(room, kind.first.of(sizes), kind.further.of(sizes))


def _kept(found: Nearest, asked: _Asked) -> Nearest:
    """The first neighbours of each work, as many as there is room for and as are near enough for their place."""
    rank = ranks(found.place)
    floor = np.where(rank <= FIRST_PAGE, asked.first[found.place], asked.further[found.place])
    kept = (rank <= asked.room[found.place]) & (found.similarity >= floor)
    return Nearest(found.place[kept], found.row[kept], found.similarity[kept])


def _bars(kept: Nearest, asked: _Asked) -> IntArray:
    """What a work must reach to enter the list of each work: in a full list, the similarity of the last."""
    size = np.bincount(kept.place, minlength=len(asked.room))
    last = np.zeros(len(asked.room), dtype=np.int64)
    last[kept.place] = kept.similarity  # the last one written stays
    after = np.where(size == FIRST_PAGE, np.minimum(last, asked.further), asked.further)
    return np.where(size >= asked.room, last, np.where(size < FIRST_PAGE, asked.first, after))


def _fused(lists: list[Nearest], works: int) -> tuple[IntArray, IntArray, FloatArray]:
    """Place, row and score of all neighbours, best first, equally good ones by their row."""
    place = np.concatenate([one.place for one in lists])
    row = np.concatenate([one.row for one in lists])
    points = np.concatenate([1 / (RANK_OFFSET + ranks(one.place)) for one in lists])
    pair, entry = np.unique(place * works + row, return_inverse=True)
    score = np.bincount(entry, points, len(pair)).astype(np.float64).round(6)
    place, row = np.divmod(pair, works)
    order = np.lexsort((row, -score, place))
    return place[order], row[order], score[order]


def _names(names: pl.Series, places: IntArray) -> pa.Array:
    return names.gather(places).to_arrow()


def _shared(vectors: Vectors, left: IntArray, right: IntArray) -> pa.Array:
    """What pairs of works have in common, most telling first; words of a shared phrase are not told again."""
    if not vectors.matrix.nnz:
        return _lists(np.zeros(len(left) + 1, dtype=np.int64), vectors.names)
    common: sp.csr_matrix = vectors.matrix[left].multiply(vectors.matrix[right]).tocsr()
    common.sort_indices()
    pair = np.repeat(np.arange(len(left)), np.diff(common.indptr))
    columns = common.indices.astype(np.int64)
    told = pair * vectors.matrix.shape[1] + columns
    inner = vectors.parts[columns]
    is_inner = inner >= 0
    again = (pair * vectors.matrix.shape[1])[:, None] + inner
    keep = np.ones(len(told), dtype=np.bool_)
    place = np.minimum(np.searchsorted(told, again[is_inner]), max(len(told) - 1, 0))
    keep[place[told[place] == again[is_inner]]] = False
    pair, columns = pair[keep], columns[keep]
    first = ranks(pair) <= MOST_SHARED
    offsets = np.concatenate([[0], np.cumsum(np.bincount(pair[first], minlength=len(left)))])
    return _lists(offsets, vectors.names.gather(columns[first]))


def _lists(offsets: IntArray, values: pl.Series) -> pa.Array:
    return pa.LargeListArray.from_arrays(pa.array(offsets, type=pa.int64()), values.to_arrow())
