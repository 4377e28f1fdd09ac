"""The links that hold a cluster together, with the bits of every comparison.

What belongs here: choosing and tabling accepted links, and what they say about each mention's probability. What
does not: deciding clusters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from pipeline.resolve.comparisons import Compared
from pipeline.resolve.constraints import ORCID_SAME
from pipeline.resolve.model import Model
from pipeline.resolve.pairs import PairSpace
from pipeline.resolve.schemas import COMPARISONS, LINKS

LongArray = npt.NDArray[np.int64]
LevelArray = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

_LINKS_AT_ONCE: Final = 500_000
"""Links whose weights are in memory at once."""

BY_SCORE, BY_ORCID, BY_CORRECTION = 0, 1, 2
DECIDED_BY: Final = ("score", "orcid", "correction")


@dataclass(frozen=True, slots=True)
class Links:
    """Accepted links between mentions.

    Attributes:
        left, right: Mentions, left < right.
        levels: (links, comparisons) level of each of `schemas.COMPARISONS`; the prior has none, 0.
        decided_by: Index into `DECIDED_BY`.
    """

    left: LongArray
    right: LongArray
    levels: LevelArray
    decided_by: npt.NDArray[np.uint8]

    def bits(self, model: Model, some: slice | LongArray) -> npt.NDArray[np.float64]:
        """What the comparisons of some links weigh: (links, comparisons)."""
        levels = self.levels[some]
        columns = [
            np.full(len(levels), model.prior, dtype=np.float32)
            if comparison == "prior"
            else model.weights[comparison][levels[:, place]]
            for place, comparison in enumerate(COMPARISONS)
        ]
        return np.stack(columns, axis=1).astype(np.float64)

    def match_weights(self, model: Model) -> npt.NDArray[np.float64]:
        """Sum of each link's bits."""
        weights = np.empty(len(self.left), dtype=np.float64)
        for some in _parts(len(self.left)):
            weights[some] = self.bits(model, some).sum(axis=1)
        return weights


def _parts(links: int) -> Iterator[slice]:
    return (slice(begin, min(begin + _LINKS_AT_ONCE, links)) for begin in range(0, links, _LINKS_AT_ONCE))


def no_links() -> Links:
    """Build an empty set of links."""
    return Links(
        left=np.zeros(0, dtype=np.int64),
        right=np.zeros(0, dtype=np.int64),
        levels=np.zeros((0, len(COMPARISONS)), dtype=np.uint8),
        decided_by=np.zeros(0, dtype=np.uint8),
    )


def all_links(parts: list[Links]) -> Links:
    """Put sets of links together."""
    parts = [*parts, no_links()]
    return Links(
        left=np.concatenate([p.left for p in parts]),
        right=np.concatenate([p.right for p in parts]),
        levels=np.concatenate([p.levels for p in parts]),
        decided_by=np.concatenate([p.decided_by for p in parts]),
    )


def links_inside(links: Links, anchor: LongArray) -> Links:
    """Keep the links of mentions that ended in one cluster: a correction may have taken one out of its own."""
    kept = anchor[links.left] == anchor[links.right]
    return Links(links.left[kept], links.right[kept], links.levels[kept], links.decided_by[kept])


def strongest_tree(
    space: PairSpace,
    mentions: LongArray,
    *,
    anchor: LongArray,
    bits: FloatArray,
    together: BoolArray,
    forced: BoolArray,
    compared: Compared,
) -> Links:
    """Choose the links of every cluster of a batch: its maximum spanning tree.

    Every mention's strongest support is in the tree, so the tree explains the cluster with one link less than it
    has mentions. Ties go to the smaller rows.

    Args:
        space: The batch's pairs.
        mentions: The mention of each row.
        anchor: The smallest row of each row's cluster.
        bits: Match weight of each pair.
        together: Pairs that constraints join; they come first.
        forced: Those that corrections join.
        compared: The pairs' levels.
    """
    places = np.flatnonzero(anchor[space.left] == anchor[space.right])
    if not len(places):
        return no_links()
    left, right = space.left[places], space.right[places]
    rank = np.empty(len(places), dtype=np.float64)
    rank[np.lexsort((-bits[places], ~together[places]))] = np.arange(1, len(places) + 1)
    tree = minimum_spanning_tree(csr_matrix((rank, (left, right)), shape=(space.rows, space.rows))).tocoo()
    chosen = np.sort(space.place(tree.row.astype(np.int64), tree.col.astype(np.int64)))
    return pair_links(space, mentions, chosen, forced=forced, compared=compared)


def pair_links(
    space: PairSpace,
    mentions: LongArray,
    places: LongArray,
    *,
    forced: BoolArray,
    compared: Compared,
) -> Links:
    """Links of the given pairs."""
    one, other = mentions[space.left[places]], mentions[space.right[places]]
    orcid = compared.levels["orcid"][places] == ORCID_SAME
    return Links(
        left=np.minimum(one, other),
        right=np.maximum(one, other),
        levels=_level_table(compared, places),
        decided_by=np.where(forced[places], BY_CORRECTION, np.where(orcid, BY_ORCID, BY_SCORE)).astype(np.uint8),
    )


def _level_table(compared: Compared, places: LongArray) -> LevelArray:
    """Levels of every comparison for the given pairs, in the order of `schemas.COMPARISONS`."""
    table = np.zeros((len(places), len(COMPARISONS)), dtype=np.uint8)
    for column, comparison in enumerate(COMPARISONS):
        if comparison != "prior":
            table[:, column] = compared.levels[comparison][places]
    return table


def probabilities(mentions: int, anchor: LongArray, links: Links, model: Model) -> npt.NDArray[np.float64]:
    """Probability that each mention belongs with its author: 1 for anchors, else from its strongest link.

    A correction makes it 1.
    """
    support = np.full(mentions, -np.inf)
    weight = np.where(links.decided_by == BY_CORRECTION, np.inf, links.match_weights(model))
    np.maximum.at(support, links.left, weight)
    np.maximum.at(support, links.right, weight)
    found = model.probabilities(np.where(np.isneginf(support), 0.0, np.clip(support, -1e6, 1e6)))
    found[np.isposinf(support)] = 1.0
    found[anchor == np.arange(mentions)] = 1.0
    return found


def link_table(mention_ids: pl.Series, links: Links, model: Model) -> pa.Table:
    """Table links as `schemas.LINKS`; `mention_ids` ascend, so that links sorted by row are sorted by id."""
    order = np.lexsort((links.right, links.left))
    tables = [_some_links(mention_ids, links, model, order[some]) for some in _parts(len(order))]
    return pa.concat_tables(tables) if tables else LINKS.empty_table()


def _some_links(mention_ids: pl.Series, links: Links, model: Model, some: LongArray) -> pa.Table:
    bits = links.bits(model, some)
    columns: dict[str, pl.Series] = {
        "mention_id_l": mention_ids.gather(links.left[some]),
        "mention_id_r": mention_ids.gather(links.right[some]),
        "match_weight": pl.Series(bits.sum(axis=1)),
    }
    for place, comparison in enumerate(COMPARISONS):
        columns[f"{comparison}_weight"] = pl.Series(np.ascontiguousarray(bits[:, place]))
    columns["probability"] = pl.Series(
        np.where(links.decided_by[some] == BY_CORRECTION, 1.0, model.probabilities(bits.sum(axis=1)))
    )
    columns["decided_by"] = pl.Series(DECIDED_BY).gather(links.decided_by[some])
    return pl.DataFrame(columns).to_arrow().cast(LINKS)
