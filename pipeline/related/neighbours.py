"""The works nearest to each work, of one kind of vector.

What belongs here: sparse products and their greatest entries. What does not: joining kinds, saying why (`lists`).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn, zip_sp_matmul_topn

from pipeline.related.terms import IntArray
from pipeline.related.vectors import Vectors

COLUMNS_AT_ONCE: Final = 262_144
"""Works compared with in one product: their sums fit in a core's cache, which halves the time."""

PARTS: Final = 4
"""Products that works are asked in, those together that ask alike: a product has one least similarity for all."""

_APART: Final = 2.0**-46
"""By how much of itself a similarity is raised for each place a work stands further up. Of works that are equally near,
the product then keeps the first. Similarities stay below SCALE squared = 2^22, so that up to 2^23 works the raise is
less than the 1 by which whole numbers differ, and 40 roundings of 2^-53 are less than the raise."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """Vectors made ready to be compared with.

    Attributes:
        blocks: Columns of works, turned so that a row is a term.
        begins: The first work of each block.
    """

    blocks: list[sp.csr_matrix]
    begins: list[int]

    @property
    def works(self) -> int:
        """How many works there are."""
        return self.begins[-1]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest works of some works: one entry a pair, by work, nearest first, equally near ones by their row.

    Attributes:
        place: Place of the work among those asked for.
        row: Row of the near work.
        similarity: Whole number, SCALE squared where both are the same and much is known of them.
    """

    place: IntArray
    row: IntArray
    similarity: IntArray


def searchable(matrix: sp.csr_matrix) -> Searchable:
    """Make vectors ready to be compared with."""
    works = matrix.shape[0]
    begins = [*range(0, works, COLUMNS_AT_ONCE), works]
    blocks = []
    for begin, end in pairwise(begins):
        block = matrix[begin:end].T.tocsr()
        block.data *= 1 + (works - 1 - begin - block.indices) * _APART
        blocks.append(block)
    return Searchable(blocks, begins)


def nearest(vectors: Vectors, rows: IntArray, against: Searchable, *, most: int, least: IntArray) -> Nearest:
    """Find the nearest works of some works, as near as what they ask for says.

    Args:
        vectors: Vectors of all works.
        rows: The works to find neighbours of.
        against: The same vectors, made ready.
        most: Neighbours of a work.
        least: Similarity that each of the works asks of a neighbour, over 0.
    """
    parts = [part for part in np.array_split(np.argsort(-least, kind="stable"), PARTS) if len(part)]
    found = [_found(vectors.asking[rows[part]], against, most, int(least[part].min())) for part in parts]
    place = np.concatenate([np.repeat(part, np.diff(one.indptr)) for part, one in zip(parts, found, strict=True)])
    row = np.concatenate([one.indices for one in found]).astype(np.int64)
    similarity = np.floor(np.concatenate([one.data for one in found])).astype(np.int64)
    order = np.argsort(place, kind="stable")
    order = order[(row != rows[place])[order] & (similarity >= least[place])[order]]
    # Where more than `most` works are nearer to a work than it is to itself, it was not among those found.
    order = order[ranks(place[order]) <= most]
    return Nearest(place[order], row[order], similarity[order])


def _found(asking: sp.csr_matrix, against: Searchable, most: int, least: int) -> sp.csr_matrix:
    """The nearest works of some works, itself among them maybe: one row a work, nearest first."""
    # Similarities are whole, and what is found exceeds the threshold.
    found = [
        sp_matmul_topn(asking, block, top_n=most + 1, threshold=least - 0.5, sort=True) for block in against.blocks
    ]
    # Both keep a row's entries in descending order, and no two entries of a row are equal.
    return zip_sp_matmul_topn(top_n=most + 1, C_mats=found)


def in_common(vectors: Vectors, left: IntArray, right: IntArray) -> sp.csr_matrix:
    """What pairs of works have in common: one row a pair, whose sum is how near they are by all that the two have."""
    return vectors.matrix[left].multiply(vectors.matrix[right]).tocsr()


def ranks(place: IntArray) -> IntArray:
    """The rank of each entry among those of its work, from 1; entries of a work stand together, best first."""
    if not len(place):
        return place
    starts = np.flatnonzero(np.concatenate([[True], place[1:] != place[:-1]]))
    return np.arange(1, len(place) + 1) - np.repeat(starts, np.diff(np.append(starts, len(place))))


def within_reach(vectors: Vectors, rows: IntArray, bars: IntArray, *, at_once: int = 250) -> IntArray:
    """The works that have some works within their reach, sorted.

    Args:
        vectors: Vectors of all works.
        rows: The works that may be near others.
        bars: Similarity that each work asks of a neighbour.
        at_once: Works looked at together.
    """
    asking = vectors.asking.T.tocsr()
    reached = np.zeros(len(bars), dtype=np.bool_)
    for begin in range(0, len(rows), at_once):
        product = vectors.matrix[rows[begin : begin + at_once]] @ asking
        reached[product.indices[product.data >= bars[product.indices]]] = True
    return np.flatnonzero(reached)
