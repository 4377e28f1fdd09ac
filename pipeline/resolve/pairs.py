"""All pairs inside a batch of units, laid out as one flat array.

What belongs here: the arithmetic between (left row, right row) and a pair's place. What does not: anything about
what the rows mean. The layout is scipy's condensed distance vector, one unit after the other, so that a
unit's slice goes to `scipy.cluster.hierarchy` as it is, and a value per pair is one float, never an object.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from pipeline.resolve.bags import Bags

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

_CHUNK: Final = 4_000_000
"""Products per slice of a sparse multiplication: bounds its memory."""

_MATRIX_ROWS: Final = 24
"""Rows from which a unit's products are matrix products."""

_TILE: Final = 64
"""Rows of one matrix product: small enough that the linear algebra library does not start threads of its own, which
would wait for each other in the batches that are worked on at once."""


@dataclass(frozen=True, slots=True)
class PairSpace:
    """Every pair (left < right) of rows in the same unit.

    Attributes:
        unit: Unit of each row; rows of a unit are consecutive.
        start: First row of each unit.
        size: Rows of each unit.
        first_pair: Place of each unit's first pair.
        row_base: Add the right row to get the place of the pair (left row, right row).
        left, right: Rows of each pair.
    """

    unit: npt.NDArray[np.int32]
    start: IntArray
    size: IntArray
    first_pair: IntArray
    row_base: IntArray
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]

    @property
    def rows(self) -> int:
        """Rows in the batch."""
        return len(self.unit)

    @property
    def count(self) -> int:
        """Pairs in the batch."""
        return len(self.left)

    def place(self, left: IntArray, right: IntArray) -> IntArray:
        """Places of pairs of rows of one unit, left < right."""
        return self.row_base[left] + right


def pair_space(sizes: IntArray) -> PairSpace:
    """Lay out the pairs of units of the given sizes."""
    sizes = sizes.astype(np.int64)
    start = np.concatenate(([0], np.cumsum(sizes)[:-1])) if len(sizes) else np.zeros(0, dtype=np.int64)
    pairs = sizes * (sizes - 1) // 2
    first_pair = np.concatenate(([0], np.cumsum(pairs)[:-1])) if len(sizes) else np.zeros(0, dtype=np.int64)
    unit = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    row = np.arange(len(unit), dtype=np.int64)
    inside = row - start[unit]
    row_base = first_pair[unit] + inside * (2 * sizes[unit] - inside - 1) // 2 - row - 1
    after = sizes[unit] - inside - 1
    left = np.repeat(np.arange(len(unit), dtype=np.int32), after)
    right = (np.arange(len(left), dtype=np.int64) - row_base[left]).astype(np.int32)
    return PairSpace(
        unit=unit, start=start, size=sizes, first_pair=first_pair, row_base=row_base, left=left, right=right
    )


def overlap(
    space: PairSpace,
    bags: Bags,
    rows: IntArray,
    excluded: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]] | None = None,
) -> FloatArray:
    """Sum, for every pair of a batch, the products of the weights of the codes that both rows' bags hold.

    Args:
        space: The batch's pairs.
        bags: Weighted codes, one bag per work or mention.
        rows: The bag of each row of the batch.
        excluded: The kind of each code, and for each row the kind that it does not count (a mention is not
            its own co-author).

    Returns:
        One value per pair, 0 where nothing is shared. With bags of length 1 it is the cosine.
    """
    result = np.zeros(space.count, dtype=np.float32)
    entry, code, weight = bags.entries(rows)
    if excluded is not None:
        kind_of_code, unwanted = excluded
        keep = kind_of_code[code] != unwanted[entry]
        entry, code, weight = entry[keep], code[keep], weight[keep]
    if not len(entry):
        return result
    key = space.unit[entry].astype(np.int64) * bags.vocabulary + code
    order = np.argsort(key, kind="stable")
    key = key[order]
    fresh = np.empty(len(key), dtype=bool)
    fresh[0] = True
    np.not_equal(key[1:], key[:-1], out=fresh[1:])
    group = np.cumsum(fresh) - 1
    shared = np.bincount(group)[group] > 1
    if not shared.any():
        return result
    order, group = order[shared], group[shared]
    _, group = np.unique(group, return_inverse=True)
    held = csr_matrix((weight[order], (entry[order], group)), shape=(space.rows, int(group[-1]) + 1), dtype=np.float32)
    across = held.T.tocsr()
    products = np.concatenate(
        (
            [0],
            np.cumsum(np.bincount(entry[order], weights=np.diff(across.indptr)[group], minlength=space.rows)),
        )
    )
    begin = 0
    while begin < space.rows:
        end = int(np.searchsorted(products, products[begin] + _CHUNK, side="right")) - 1
        end = min(max(end, begin + 1), space.rows)
        part = held[begin:end] @ across
        row = np.repeat(np.arange(begin, end), np.diff(part.indptr))
        upper = part.indices > row
        result[space.row_base[row[upper]] + part.indices[upper]] = part.data[upper]
        begin = end
    return result


def products(space: PairSpace, vectors: npt.NDArray[np.int8]) -> FloatArray:
    """Inner product of the vectors of every pair's rows, exact for whole numbers whose sums stay below 2^24."""
    result = np.empty(space.count, dtype=np.float32)
    large = space.size >= _MATRIX_ROWS
    for unit in np.flatnonzero(large).tolist():
        begin, size, place = int(space.start[unit]), int(space.size[unit]), int(space.first_pair[unit])
        rows = vectors[begin : begin + size].astype(np.float32)
        for top in range(0, size, _TILE):
            found = _products_after(rows[top:])
            result[place : place + len(found)] = found
            place += len(found)
    small = np.flatnonzero(~large[space.unit[space.left]])
    for begin in range(0, len(small), _CHUNK // 16):
        places = small[begin : begin + _CHUNK // 16]
        left, right = (vectors[rows[places]].astype(np.float32) for rows in (space.left, space.right))
        result[places] = np.einsum("ij,ij->i", left, right)
    return result


def _products_after(rows: FloatArray) -> FloatArray:
    """Inner products of each of the first `_TILE` rows with every row after it."""
    head = rows[:_TILE]
    band = np.concatenate([head @ rows[begin : begin + _TILE].T for begin in range(0, len(rows), _TILE)], axis=1)
    return band[np.arange(len(rows)) > np.arange(len(head))[:, None]]
