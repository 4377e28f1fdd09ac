"""Mentions and works in, clusters and links out: the resolver's main entry.

What belongs here: putting the steps together, batch by batch. What does not: any step itself.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.resolve.blocking import batches, units_of
from pipeline.resolve.clustering import cluster_pairs
from pipeline.resolve.comparisons import compare
from pipeline.resolve.constraints import Corrections, consistent_corrections, pair_constraints
from pipeline.resolve.evidence import Evidence, read_evidence
from pipeline.resolve.identity import author_ids
from pipeline.resolve.inputs import ResolverInput, checked_input, correction_rows
from pipeline.resolve.islands import Settled, islands, place_table, unit_ties
from pipeline.resolve.joins import join_across
from pipeline.resolve.links import Links, all_links, link_table, links_inside, probabilities, strongest_tree
from pipeline.resolve.model import Model, shipped_model
from pipeline.resolve.pairs import pair_space
from pipeline.resolve.schemas import CLUSTERS

LongArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a run decided.

    Attributes:
        clusters: `schemas.CLUSTERS`.
        links: `schemas.LINKS`.
        unmet_corrections: `mention_id_l, mention_id_r` of the `same` corrections that a `different` one forbids.
        model_version: The weights that decided.
    """

    clusters: pa.Table
    links: pa.Table
    unmet_corrections: pa.Table
    model_version: str


def resolve(
    mentions: pa.Table,
    works: pa.Table,
    *,
    corrections: pa.Table | None = None,
    model: Model | None = None,
    threads: int | None = None,
) -> Resolution:
    """Decide which mentions are one person.

    Args:
        mentions: `schemas.MENTIONS`, any order.
        works: `schemas.WORKS`, any order.
        corrections: `schemas.CORRECTIONS`; decisions by people, which always hold.
        model: Weights; the shipped ones when left out.
        threads: Batches worked on at once, 2 when left out. The answer does not depend on it.

    Returns:
        Every mention in exactly one cluster, and the links behind them.

    Raises:
        ResolverInputError: input that cannot be resolved, named in one sentence.
    """
    known = _known(checked_input(mentions, works, corrections), model or shipped_model())
    # A large input weighs as much as its evidence, and its evidence as much as what is decided.
    del mentions, works
    decided = _decided(known, threads)
    del known
    return decided.resolution()


def resolve_placed(
    read: Callable[[], tuple[pa.Table, pa.Table]],
    *,
    corrections: pa.Table | None = None,
    model: Model | None = None,
    threads: int | None = None,
    large_blocks: frozenset[str] | None = None,
) -> tuple[Resolution, pa.Table]:
    """Decide which mentions are one person, for a run after which others resolve only what changed.

    Args:
        read: Gives the mentions and works, as for `resolve`: all of them, or the whole islands that changes can reach.
            It is called once, and nobody keeps what it gave: a large input weighs as much as its evidence.
        corrections: As for `resolve`.
        model: As for `resolve`.
        threads: As for `resolve`.
        large_blocks: Blocks of the whole input that are split, where `mentions` are a part of it; counted when left
            out. The mentions are then decided as they are in the whole.

    Returns:
        The resolution, and `islands.PLACES`: where every mention stands.

    Raises:
        ResolverInputError: input that cannot be resolved, named in one sentence.
    """
    known = _known(checked_input(*read(), corrections), model or shipped_model())
    decided = _decided(known, threads, large_blocks)
    places = place_table(known.ids, known.evidence, decided.oversize, decided.settled)
    del known
    return decided.resolution(), places


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided, by mention row.

    Attributes:
        ids: The mention of each row.
        decisions: Those by people.
        model: Weights.
        anchor: The smallest mention of each one's cluster.
        links: Accepted links.
        oversize: Mentions of split blocks.
        settled: What each one's decision rests on.
    """

    ids: pl.Series
    decisions: Corrections
    model: Model
    anchor: LongArray
    links: Links
    oversize: npt.NDArray[np.bool_]
    settled: Settled

    def resolution(self) -> Resolution:
        """Table the decisions."""
        clusters = pl.DataFrame(
            {
                "mention_id": self.ids,
                "author_id": author_ids(self.ids, self.anchor),
                "probability": probabilities(len(self.anchor), self.anchor, self.links, self.model),
            }
        )
        return Resolution(
            clusters=clusters.to_arrow().cast(CLUSTERS),
            links=link_table(self.ids, self.links, self.model),
            unmet_corrections=_pairs_table(self.ids, self.decisions.unmet),
            model_version=self.model.version,
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What decisions are made from, by mention row.

    Attributes:
        ids: The mention of each row.
        evidence: What is known of them.
        decisions: Those by people.
        same: Pairs that `same` corrections name.
        model: Weights.
    """

    ids: pl.Series
    evidence: Evidence
    decisions: Corrections
    same: list[tuple[int, int]]
    model: Model


def _known(source: ResolverInput, model: Model) -> _Known:
    return _Known(
        ids=source.mentions["mention_id"],
        evidence=read_evidence(source, model.counts, model.topics),
        decisions=consistent_corrections(source.mentions.height, source.same, source.different),
        same=source.same,
        model=model,
    )


def _decided(known: _Known, threads: int | None, large_blocks: frozenset[str] | None = None) -> _Decided:
    evidence, decisions, model = known.evidence, known.decisions, known.model
    # Arrow keeps what it freed for later allocations, which are no longer its own: as much as the evidence takes.
    pa.default_memory_pool().release_unused()
    units = units_of(evidence, large_blocks)
    threads = max(threads or 2, 1)
    anchor = np.arange(len(known.ids), dtype=np.int64)
    tied = anchor.copy()
    parts = []
    with ThreadPoolExecutor(max_workers=threads) as pool:
        done = pool.map(lambda batch: _resolve_batch(evidence, decisions, model, *batch), batches(units))
        for batch_mentions, batch_anchor, batch_tied, links in done:
            anchor[batch_mentions] = batch_anchor
            tied[batch_mentions] = batch_tied
            parts.append(links)
    joined = join_across(evidence, decisions, anchor, units.oversize, model=model, threads=threads)
    return _Decided(
        ids=known.ids,
        decisions=decisions,
        model=model,
        anchor=joined.anchor,
        links=links_inside(all_links([*parts, joined.links]), joined.anchor),
        oversize=units.oversize,
        settled=Settled(cluster=joined.before, island=islands(tied, [*joined.ties, *known.same])),
    )


def unmet_corrections(corrections: pa.Table, mention_ids: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The `same` corrections that a `different` one forbids: `mention_id_l, mention_id_r`.

    Args:
        corrections: `schemas.CORRECTIONS`.
        mention_ids: Of the mentions that corrections name, those that are in the input.
    """
    ids = pl.Series("mention_id", mention_ids, dtype=pl.String).sort()
    same, different = correction_rows(corrections, ids)
    return _pairs_table(ids, consistent_corrections(len(ids), same, different).unmet)


def _resolve_batch(
    evidence: Evidence, decisions: Corrections, model: Model, mentions: LongArray, sizes: LongArray
) -> tuple[LongArray, LongArray, LongArray, Links]:
    """Cluster the units of one batch: mentions, the smallest mention of each one's cluster, and of its ties, links."""
    space = pair_space(sizes)
    compared = compare(evidence, mentions, space)
    bits = model.match_weights(compared)
    together, apart, forced = pair_constraints(evidence, decisions, mentions, space, compared)
    anchor = cluster_pairs(
        space,
        bits,
        together=together,
        apart=apart,
        threshold=model.threshold,
        exponent=model.linkage_exponent,
    )
    links = strongest_tree(
        space,
        mentions,
        anchor=anchor,
        bits=bits,
        together=together,
        forced=forced,
        compared=compared,
    )
    tied = unit_ties(space, bits, together, apart, model.threshold)
    return mentions, mentions[anchor], mentions[tied], links


def _pairs_table(ids: pl.Series, pairs: list[tuple[int, int]]) -> pa.Table:
    return pa.table(
        {
            "mention_id_l": pa.array([ids[left] for left, _ in pairs], pa.string()),
            "mention_id_r": pa.array([ids[right] for _, right in pairs], pa.string()),
        }
    )
