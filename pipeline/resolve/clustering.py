"""Scored pairs and constraints -> clusters that one false pair cannot chain.

What belongs here: agglomeration of the rows of a batch. What does not: where scores and constraints come from.

Two clusters score log2(mean of 2^(e x bits)) / e over their cross pairs, e = 0.7: a generalised mean between
average and single linkage. The mean of 2^(e x bits) is plain average linkage of those similarities, so scipy's
nearest-neighbour chain finds the clusters exactly, in O(n^2) per component. Merging stops at the threshold.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.resolve.pairs import PairSpace

LongArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

MOST_BITS: Final = 24.0
"""Support that counts: a pair of 60 bits must not outvote ten pairs against."""

_ORDINARY: Final = 1e6
_APART: Final = 1e15
"""Distances: 0 for pairs held together, 10^6 and a little for ordinary pairs, 10^15 for pairs kept apart. Pairs held
together merge before all others, and an average that holds one pair kept apart is above any threshold whatever
else is in it, for clusters of up to 30,000 mentions. Sixteen digits leave ten for the little."""


def cluster_pairs(
    space: PairSpace,
    bits: FloatArray,
    *,
    together: BoolArray,
    apart: BoolArray,
    threshold: float,
    exponent: float,
) -> LongArray:
    """Cluster the rows of every unit of a batch.

    Args:
        space: The batch's pairs.
        bits: Match weight of each pair.
        together: Pairs that must be one; closed under transitivity.
        apart: Pairs that must not be one; no pair is in both.
        threshold: Bits from which clusters merge.
        exponent: The linkage exponent.

    Returns:
        For each row the smallest row of its cluster.
    """
    joins = (bits >= threshold) & ~apart | together
    places = np.flatnonzero(joins)
    left, right = space.left[places], space.right[places]
    graph = csr_matrix((np.ones(len(places), dtype=np.int8), (left, right)), shape=(space.rows, space.rows))
    count, component = connected_components(graph, directed=False)
    members = np.bincount(component, minlength=count)
    agreeing = np.bincount(component[left], minlength=count)
    unsettled = agreeing < members * (members - 1) // 2
    anchor = _first_rows(component, count)[component]
    for rows in _groups(component, unsettled):
        size = len(rows)
        inside = _condensed_places(space, rows)
        distance = np.exp2(exponent * np.minimum(bits[inside], MOST_BITS).astype(np.float64))
        ceiling = float(np.exp2(exponent * MOST_BITS))
        distance = _ORDINARY + ceiling - distance
        distance[apart[inside]] = _APART
        distance[together[inside]] = 0.0
        cut = _ORDINARY + ceiling - float(np.exp2(exponent * threshold))
        labels = fcluster(linkage(distance, method="average"), cut, criterion="distance")
        first = np.full(size + 1, size)
        np.minimum.at(first, labels, np.arange(size))
        anchor[rows] = rows[first[labels]]
    return np.asarray(anchor, dtype=np.int64)


def _first_rows(component: npt.NDArray[np.int32], count: int) -> LongArray:
    """The smallest row of each component."""
    first = np.full(count, len(component), dtype=np.int64)
    np.minimum.at(first, component, np.arange(len(component)))
    return first


def _groups(component: npt.NDArray[np.int32], wanted: BoolArray) -> list[LongArray]:
    """Rows of each wanted component, ascending."""
    rows = np.flatnonzero(wanted[component])
    if not len(rows):
        return []
    rows = rows[np.argsort(component[rows], kind="stable")]
    cuts = np.flatnonzero(np.diff(component[rows])) + 1
    return np.split(rows, cuts)


def _condensed_places(space: PairSpace, rows: LongArray) -> LongArray:
    """Places of all pairs of the given rows of one unit, in condensed order."""
    left, right = np.triu_indices(len(rows), k=1)
    return space.place(rows[left], rows[right])
