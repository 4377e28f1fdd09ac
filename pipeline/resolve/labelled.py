"""Labelled sets, compared: what weights are fitted on and priors chosen by.

What belongs here: a set's labelled mentions -> levels of all pairs of each block, with the truth. What does not:
fitting (`fit`), scoring a finished run (`evaluation`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.parquet as pq

from pipeline.resolve.blocking import batches, units_of
from pipeline.resolve.clustering import cluster_pairs
from pipeline.resolve.comparisons import LEVELS, compare
from pipeline.resolve.evidence import read_evidence
from pipeline.resolve.inputs import checked_input
from pipeline.resolve.name_levels import NameLevel
from pipeline.resolve.pairs import PairSpace, pair_space
from pipeline.resolve.topics import Topics

FloatArray = npt.NDArray[np.float64]
LongArray = npt.NDArray[np.int64]

LEARNED: Final = tuple(LEVELS)
"""Comparisons whose levels are weighed, in the order of a levels matrix's columns."""

MOST_PAIRS: Final = 400_000
"""Pairs sampled from one set, evenly spaced: enough for about a hundred weights, and no randomness."""


@dataclass(frozen=True, slots=True)
class LabelledBatch:
    """All pairs of the labelled mentions of some blocks.

    Attributes:
        space: The pairs.
        levels: (pairs, comparisons) levels in the order of `LEARNED`.
        author: The true author of each row, as a number.
        apart: Pairs that no weight can join: same work, or impossible names.
    """

    space: PairSpace
    levels: npt.NDArray[np.uint8]
    author: LongArray
    apart: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LabelledPairs:
    """A sample of a set's pairs that weights can join: one row for all pairs of the same levels and truth.

    Attributes:
        levels: (pairs, comparisons) levels in the order of `LEARNED`.
        same: 1.0 for one person, 0.0 for two.
        weight: Weight of each pair: a mention of a large block does not outweigh one of a small block. Adds up to 1.
        pairs: Pairs in the sample.
    """

    levels: npt.NDArray[np.uint8]
    same: FloatArray
    weight: FloatArray
    pairs: int


def labelled_batches(folder: Path, counts: pl.DataFrame, topics: Topics) -> list[LabelledBatch]:
    """Compare the labelled mentions of a set with each other.

    Args:
        folder: Holds mentions.parquet, works.parquet and gold.parquet (`mention_id, gold_author`).
        counts: `counts.COUNTS`.
        topics: Subject vectors.
    """
    gold = pl.read_parquet(folder / "gold.parquet", columns=["mention_id", "gold_author"]).drop_nulls()
    mentions = pl.read_parquet(folder / "mentions.parquet").join(gold, on="mention_id", how="semi")
    source = checked_input(mentions.to_arrow(), pq.read_table(folder / "works.parquet"))
    evidence = read_evidence(source, counts, topics)
    labels = source.mentions.join(gold, on="mention_id", how="left", maintain_order="left")["gold_author"]
    author = labels.rank("dense").to_numpy().astype(np.int64)
    found = []
    for rows, sizes in batches(units_of(evidence)):
        space = pair_space(sizes)
        compared = compare(evidence, rows, space)
        work = evidence.work[rows]
        found.append(
            LabelledBatch(
                space=space,
                levels=np.stack([compared.levels[c] for c in LEARNED], axis=1),
                author=author[rows],
                apart=(work[space.left] == work[space.right]) | (compared.levels["name"] == NameLevel.IMPOSSIBLE),
            )
        )
    return found


def sampled_pairs(labelled: list[LabelledBatch]) -> LabelledPairs:
    """Sample the pairs that weights can join."""
    levels, same, weight = [], [], []
    for batch in labelled:
        space, possible = batch.space, ~batch.apart
        levels.append(batch.levels[possible])
        same.append((batch.author[space.left] == batch.author[space.right])[possible].astype(np.float64))
        weight.append((1.0 / (space.size[space.unit[space.left]] - 1))[possible])
    all_levels, all_same, all_weight = np.concatenate(levels), np.concatenate(same), np.concatenate(weight)
    step = max(1, -(-len(all_same) // MOST_PAIRS))
    table = np.concatenate([all_levels[::step], all_same[::step, None].astype(np.uint8)], axis=1)
    distinct, kind = np.unique(table.view(np.dtype((np.void, table.shape[1]))).ravel(), return_inverse=True)
    kinds = distinct.view(np.uint8).reshape(-1, table.shape[1])
    mass = np.bincount(kind, weights=all_weight[::step])
    return LabelledPairs(
        levels=kinds[:, :-1], same=kinds[:, -1].astype(np.float64), weight=mass / mass.sum(), pairs=len(table)
    )


def clustering_f1(
    labelled: list[LabelledBatch], weights: dict[str, FloatArray], prior: float, exponent: float
) -> float:
    """Mean of B-cubed and pairwise F1 of clustering a set's labelled mentions; mentions alone in a block left out.

    B-cubed hardly notices two prolific people made one, pairwise F1 hardly notices anything else.
    """
    totals = np.zeros(6)
    for batch in labelled:
        _, anchor = clustered(batch, weights, prior, exponent)
        # Across the units of a split block an author counts once per unit; the same for every prior.
        pair, both = np.unique(np.stack([batch.author, anchor]), axis=1, return_counts=True)
        found, true = np.bincount(anchor), np.bincount(batch.author)
        totals += (
            (both**2 / found[pair[1]]).sum(),
            (both**2 / true[pair[0]]).sum(),
            len(anchor),
            _pairs(both),
            _pairs(found),
            _pairs(true),
        )
    precision, recall, rows, hits, claimed, right = totals
    b_cubed = 2 * precision * recall / (precision + recall) / rows if rows else 0.0
    pairwise = 2 * hits / (claimed + right) if claimed + right else 0.0
    return float(b_cubed + pairwise) / 2


def clustered(
    batch: LabelledBatch, weights: dict[str, FloatArray], prior: float, exponent: float
) -> tuple[npt.NDArray[np.float32], LongArray]:
    """Match weight of every pair of a batch, and the smallest row of each row's cluster."""
    bits = np.full(batch.space.count, prior, dtype=np.float32)
    for k, comparison in enumerate(LEARNED):
        bits += weights[comparison].astype(np.float32)[batch.levels[:, k]]
    nothing = np.zeros(batch.space.count, dtype=bool)
    return bits, cluster_pairs(batch.space, bits, together=nothing, apart=batch.apart, threshold=0.0, exponent=exponent)


def strongest_supports(
    labelled: list[LabelledBatch], weights: dict[str, FloatArray], prior: float, exponent: float
) -> tuple[FloatArray, FloatArray]:
    """Bits of each clustered mention's strongest pair inside its cluster, and whether that pair is one person (1.0)."""
    bits_found, right = [], []
    for batch in labelled:
        bits, anchor = clustered(batch, weights, prior, exponent)
        inside = np.flatnonzero(anchor[batch.space.left] == anchor[batch.space.right])
        left, right_row = batch.space.left[inside], batch.space.right[inside]
        row, other = np.concatenate([left, right_row]), np.concatenate([right_row, left])
        weight = np.tile(bits[inside], 2)
        order = np.lexsort((other, -weight, row))
        row, other, weight = row[order], other[order], weight[order]
        first = np.ones(len(row), dtype=bool)
        first[1:] = row[1:] != row[:-1]
        bits_found.append(weight[first].astype(np.float64))
        right.append((batch.author[row[first]] == batch.author[other[first]]).astype(np.float64))
    return np.concatenate(bits_found), np.concatenate(right)


def _pairs(sizes: LongArray) -> float:
    """Pairs inside groups of the given sizes."""
    wide = sizes.astype(np.float64)
    return float((wide * (wide - 1) / 2).sum())
