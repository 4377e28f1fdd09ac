"""Mentions and works in, clusters and links out: the resolver's main entry.

What belongs here: putting the steps together, batch by batch. What does not: any step itself.
"""

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
from pipeline.resolve.inputs import checked_input
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
    model = model or shipped_model()
    source = checked_input(mentions, works, corrections)
    evidence = read_evidence(source, model.counts)
    decisions = consistent_corrections(source.mentions.height, source.same, source.different)
    units = units_of(evidence)
    anchor = np.arange(source.mentions.height, dtype=np.int64)
    parts = []
    with ThreadPoolExecutor(max_workers=max(threads or 2, 1)) as pool:
        done = pool.map(lambda batch: _resolve_batch(evidence, decisions, model, *batch), batches(units))
        for batch_mentions, batch_anchor, links in done:
            anchor[batch_mentions] = batch_anchor
            parts.append(links)
    anchor, joining = join_across(evidence, decisions, anchor, units.oversize, model)
    links = links_inside(all_links([*parts, joining]), anchor)
    ids = source.mentions["mention_id"]
    clusters = pl.DataFrame(
        {
            "mention_id": ids,
            "author_id": author_ids(ids, anchor),
            "probability": probabilities(len(anchor), anchor, links, model),
        }
    )
    return Resolution(
        clusters=clusters.to_arrow().cast(CLUSTERS),
        links=link_table(ids, links),
        unmet_corrections=_pairs_table(ids, decisions.unmet),
        model_version=model.version,
    )


def _resolve_batch(
    evidence: Evidence, decisions: Corrections, model: Model, mentions: LongArray, sizes: LongArray
) -> tuple[LongArray, LongArray, Links]:
    """Cluster the units of one batch: mentions, the smallest mention of each one's cluster, links."""
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
        model=model,
    )
    return mentions, mentions[anchor], links


def _pairs_table(ids: pl.Series, pairs: list[tuple[int, int]]) -> pa.Table:
    return pa.table(
        {
            "mention_id_l": pa.array([ids[left] for left, _ in pairs], pa.string()),
            "mention_id_r": pa.array([ids[right] for _, right in pairs], pa.string()),
        }
    )
