"""The papers related to each paper, best first, with what they share.

What belongs here: joining what references and terms say, and the reasons. What does not: how near two works are
(`neighbours`).
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import scipy.sparse as sp

from pipeline.related.neighbours import Nearest, Searchable, in_common, nearest, ranks, searchable, within_reach
from pipeline.related.terms import FloatArray, IntArray
from pipeline.related.vectors import SCALE, Corpus, Vectors

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
    if not len(rows):
        return
    terms, references = searchable(corpus.terms.matrix), searchable(corpus.references.matrix)
    with ThreadPoolExecutor(threads) as pool:
        pending: deque[Future[Batch]] = deque()
        for begin in range(0, len(rows), WORKS_AT_ONCE):
            pending.append(pool.submit(_batch, corpus, rows[begin : begin + WORKS_AT_ONCE], terms, references))
            if len(pending) > threads:
                yield pending.popleft().result()
        for batch in pending:
            yield batch.result()


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


def _batch(corpus: Corpus, rows: IntArray, terms: Searchable, references: Searchable) -> Batch:
    all_room = np.full(len(rows), MOST_BY_REFERENCES, dtype=np.int64)
    cited = _asked(corpus.references, rows, BY_REFERENCES, all_room)
    by_references = _kept(
        nearest(corpus.references, rows, references, most=MOST_BY_REFERENCES, least=cited.first), cited
    )
    said = _asked(corpus.terms, rows, BY_TERMS, MOST_RELATED - np.bincount(by_references.place, minlength=len(rows)))
    by_terms = _kept(nearest(corpus.terms, rows, terms, most=MOST_RELATED, least=said.first), said)
    found = _fused(corpus, rows, by_references, by_terms)
    left, right = rows[found.place], found.row
    papers = pa.table(
        {
            "work_id": _names(corpus.work_ids, left),
            "rank": pa.array(ranks(found.place).astype(np.int32)),
            "related_work_id": _names(corpus.work_ids, right),
            "score": pa.array(found.score),
            "shared_references": _shared(corpus.references, found.references),
            "shared_terms": _shared(corpus.terms, found.terms),
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


@dataclass(frozen=True, slots=True)
class _Fused:
    """The neighbours of both kinds, one entry a pair, by work, best first, equally good ones by their row.

    Attributes:
        place: Place of the work among those asked for.
        row: Row of the neighbour.
        score: What it scores in the list.
        references: What the two cite in common, one row a pair.
        terms: What the texts of the two have in common, likewise.
    """

    place: IntArray
    row: IntArray
    score: FloatArray
    references: sp.csr_matrix
    terms: sp.csr_matrix


def _fused(corpus: Corpus, rows: IntArray, by_references: Nearest, by_terms: Nearest) -> _Fused:
    """Join the neighbours of both kinds, each kind in the order of how near they are by all that the two works have."""
    works = corpus.work_ids.len()
    keys = [one.place * works + one.row for one in (by_references, by_terms)]
    pair = np.sort(np.concatenate(keys))
    pair = pair[np.flatnonzero(np.diff(pair, prepend=-1))]
    place, row = np.divmod(pair, works)
    score = np.zeros(len(pair))
    shared = [in_common(kind, rows[place], row) for kind in (corpus.references, corpus.terms)]
    for key, common in zip(keys, shared, strict=True):
        entry = np.searchsorted(pair, key)
        similarity = np.asarray(common.sum(axis=1)).ravel()[entry]
        entry = entry[np.lexsort((entry, -similarity, place[entry]))]
        score[entry] += 1 / (RANK_OFFSET + ranks(place[entry]))
    score = score.round(6)
    order = np.lexsort((row, -score, place))
    references, terms = (common[order] for common in shared)
    return _Fused(place[order], row[order], score[order], references, terms)


def _names(names: pl.Series, places: IntArray) -> pa.Array:
    return names.gather(places).to_arrow()


def _shared(vectors: Vectors, common: sp.csr_matrix) -> pa.Array:
    """The names of what pairs have in common, most telling first; words of a shared phrase are not told again."""
    pairs, width = common.shape
    common.sort_indices()
    pair = np.repeat(np.arange(pairs), np.diff(common.indptr))
    columns = common.indices.astype(np.int64)
    told = pair * width + columns
    inner = vectors.parts[columns]
    is_inner = inner >= 0
    again = (pair * width)[:, None] + inner
    keep = np.ones(len(told), dtype=np.bool_)
    place = np.minimum(np.searchsorted(told, again[is_inner]), max(len(told) - 1, 0))
    keep[place[told[place] == again[is_inner]]] = False
    pair, columns = pair[keep], columns[keep]
    first = ranks(pair) <= MOST_SHARED
    offsets = np.concatenate([[0], np.cumsum(np.bincount(pair[first], minlength=pairs))])
    return _lists(offsets, vectors.names.gather(columns[first]))


def _lists(offsets: IntArray, values: pl.Series) -> pa.Array:
    return pa.LargeListArray.from_arrays(pa.array(offsets, type=pa.int64()), values.to_arrow())
