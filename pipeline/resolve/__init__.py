"""Deciding which printed names are one person: a pure library, Arrow tables in, Arrow tables out.

What belongs here: blocking, comparing, weighing, constraining, clustering, naming and explaining. What does not:
fetching, storing and scheduling. It reads no clock, no network and no file but its own model.

`resolve` decides, `resolve_block` decides for one group of blocks (Spark), `explain` says why, `carry_ids` keeps
author ids from run to run, `evaluate` measures. The tables are in `schemas`.
"""

from pipeline.resolve.block import resolve_block
from pipeline.resolve.evaluation import evaluate
from pipeline.resolve.explanation import Explanation, Reason, explain
from pipeline.resolve.identity import Identity, carry_ids
from pipeline.resolve.model import Model, shipped_model
from pipeline.resolve.resolution import Resolution, resolve
from pipeline.resolve.schemas import ResolverInputError

__all__ = [
    "Explanation",
    "Identity",
    "Model",
    "Reason",
    "Resolution",
    "ResolverInputError",
    "carry_ids",
    "evaluate",
    "explain",
    "resolve",
    "resolve_block",
    "shipped_model",
]
