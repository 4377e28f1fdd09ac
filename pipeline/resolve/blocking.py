"""Which mentions may be one person at all: blocks, and the units of a block whose pairs are compared together.

What belongs here: mention order, blocks, units, batches of units. What does not: comparing pairs.

A block is a family key and a first initial. Block keys fold case, accents, scripts, hyphens and spaces; a name
printed family first is read the way round that the model's counts make likely; a mononym's block is its one
word. Groups and placeholders have no block: each such mention is its own cluster.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.resolve.evidence import Evidence

LongArray = npt.NDArray[np.int64]

WHOLE_BLOCK: Final = 2_500
"""Mentions up to which all pairs of a block are compared. A larger block is split by first given name, its
initials apart, and joined again where evidence is shared (`attachment`)."""

BATCH_PAIRS: Final = 1_500_000
"""Pairs compared at once: what bounds the memory. One unit may be larger."""


@dataclass(frozen=True, slots=True)
class Units:
    """Mentions grouped into units: all pairs of a unit are compared, no pair across units.

    Attributes:
        mentions: Mentions in unit order, ascending inside a unit; only units of two or more.
        sizes: Mentions of each unit.
        oversize: For every mention of the input: its block was split, and its units may have to be joined.
    """

    mentions: LongArray
    sizes: LongArray
    oversize: npt.NDArray[np.bool_]


def units_of(evidence: Evidence, large_blocks: frozenset[str] | None = None) -> Units:
    """Group mentions into units of two or more.

    Args:
        evidence: What is known of the mentions.
        large_blocks: Blocks that are split, where the mentions are a part of the whole input; counted if left out.
    """
    block = evidence.block.astype(np.int64)
    linkable = np.flatnonzero(block >= 0)
    if large_blocks is None:
        large = np.bincount(block[linkable], minlength=max(len(evidence.names.blocks), 1)) > WHOLE_BLOCK
    else:
        large = np.append(evidence.names.blocks.is_in(sorted(large_blocks)).to_numpy(), np.False_)
    name = evidence.name[linkable]
    written = evidence.names.full[name] >= 0
    part = np.where(large[block[linkable]] & written, evidence.names.first[name] + 1, 0).astype(np.int64)
    order = np.lexsort((linkable, part, block[linkable]))
    mentions, part, ordered_block = linkable[order], part[order], block[linkable][order]
    fresh = np.ones(len(mentions), dtype=bool)
    fresh[1:] = (ordered_block[1:] != ordered_block[:-1]) | (part[1:] != part[:-1])
    starts = np.flatnonzero(fresh)
    sizes = np.diff(np.append(starts, len(mentions)))
    several = sizes > 1
    return Units(
        mentions=mentions[np.repeat(several, sizes)],
        sizes=sizes[several],
        oversize=(block >= 0) & large[np.maximum(block, 0)],
    )


def batches(units: Units) -> Iterator[tuple[LongArray, LongArray]]:
    """Cut units into batches of at most `BATCH_PAIRS` pairs: (mentions, sizes of the units)."""
    pairs = units.sizes * (units.sizes - 1) // 2
    ends = np.cumsum(pairs)
    rows = np.concatenate(([0], np.cumsum(units.sizes)))
    begin = 0
    while begin < len(units.sizes):
        before = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, before + BATCH_PAIRS, side="right")), begin + 1)
        yield units.mentions[rows[begin] : rows[end]], units.sizes[begin:end]
        begin = end
