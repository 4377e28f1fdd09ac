"""Deciding which printed names are one person: a pure library, Arrow tables in, Arrow tables out.

What belongs here: blocking, comparing, weighing, constraining, clustering, naming and explaining. What does not:
fetching, storing and scheduling. It reads no clock, no network and no file but its own model.

`resolve` decides, `resolve_block` decides for one group of blocks (Spark), `explain` says why, `carry_ids` keeps
author ids from run to run, `evaluate` measures. `resolve_placed` decides and says where every mention stands;
`names_of`, `compatible_names`, `tied_mentions`, `compatible_clusters`, `standing_mentions` and `partner_ties` tell from
that what a change can reach, so that a day's load resolves no more. The tables are in `schemas`.
"""

from pipeline.resolve.block import resolve_block
from pipeline.resolve.evaluation import evaluate
from pipeline.resolve.explanation import Explanation, Reason, explain
from pipeline.resolve.identity import Identity, carry_ids
from pipeline.resolve.islands import (
    compatible_clusters,
    compatible_names,
    names_of,
    partner_ties,
    standing_mentions,
    tied_mentions,
)
from pipeline.resolve.model import Model, shipped_model
from pipeline.resolve.printed_names import name_forms
from pipeline.resolve.resolution import Resolution, resolve, resolve_placed, unmet_corrections
from pipeline.resolve.schemas import ResolverInputError

__all__ = [
    "Explanation",
    "Identity",
    "Model",
    "Reason",
    "Resolution",
    "ResolverInputError",
    "carry_ids",
    "compatible_clusters",
    "compatible_names",
    "evaluate",
    "explain",
    "name_forms",
    "names_of",
    "partner_ties",
    "resolve",
    "resolve_block",
    "resolve_placed",
    "shipped_model",
    "standing_mentions",
    "tied_mentions",
    "unmet_corrections",
]
