"""What the warehouse says about people and papers: collaborators, trust, conflicts, BibTeX.

What belongs here: pure functions from polars frames to polars frames, declared in `schemas`. What does not:
reading or writing tables, Dagster, resolving names (`pipeline.resolve`).

`weights` says what one work is worth; `collaborators` adds that up over pairs of authors, `turned` gives the same
pairs from the other side, `near` adds up the ties of a paper's authors. `orcid`, `conflicts` and `evidence` count what
speaks for and against a record, `trust` turns the counts into points, `sentences` into words. `bibtex` stands alone.
"""

from pipeline.metrics.bibtex import author_name, bibtex, bibtex_entries, entry_key
from pipeline.metrics.collaborators import collaborator_batches, collaborators, family_ranks, numbered_batches
from pipeline.metrics.conflicts import Conflict, open_conflicts
from pipeline.metrics.evidence import evidence, independently_cited
from pipeline.metrics.near import near_people
from pipeline.metrics.orcid import canonical_orcids, leading_orcids
from pipeline.metrics.schemas import MetricsInputError
from pipeline.metrics.trust import (
    COMPONENTS,
    MODEL_VERSION,
    trust_reason_batches,
    trust_reasons,
    trust_scores,
)
from pipeline.metrics.turned import turned_round, with_closeness
from pipeline.metrics.weights import dilution, newman_weight, ring_distance, tie

__all__ = [
    "COMPONENTS",
    "MODEL_VERSION",
    "Conflict",
    "MetricsInputError",
    "author_name",
    "bibtex",
    "bibtex_entries",
    "canonical_orcids",
    "collaborator_batches",
    "collaborators",
    "dilution",
    "entry_key",
    "evidence",
    "family_ranks",
    "independently_cited",
    "leading_orcids",
    "near_people",
    "newman_weight",
    "numbered_batches",
    "open_conflicts",
    "ring_distance",
    "tie",
    "trust_reason_batches",
    "trust_reasons",
    "trust_scores",
    "turned_round",
    "with_closeness",
]
