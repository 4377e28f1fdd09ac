"""The model: what each level weighs in bits, and the few numbers that turn weights into clusters.

What belongs here: reading the model file, and adding up the weights of levels. What does not: deriving weights
(`fit`), levels (`comparisons`).
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.resolve.clustering import MOST_BITS
from pipeline.resolve.comparisons import LEVELS, Compared
from pipeline.resolve.counts import shipped_counts
from pipeline.resolve.schemas import COMPARISONS, ResolverInputError
from pipeline.resolve.topics import Topics, shipped_topics

FloatArray = npt.NDArray[np.float32]

MODEL_FILE: Final = Path(__file__).with_name("model.json")


@dataclass(frozen=True, slots=True)
class Model:
    """Weights and settings; one fixed set for every input.

    Attributes:
        version: Names the weights; stored with what they decided.
        prior: Bits before any evidence: how unlikely it is that two mentions of a block are one person.
        weights: For each comparison, the bits of each level; entry 0, missing evidence, is 0.
        threshold: Bits from which two clusters are one.
        linkage_exponent: Two clusters score log2 of the mean of 2^(exponent x bits) over their pairs, divided by
            the exponent: towards 0 average linkage, large single linkage.
        probability_slope, probability_offset: A mention whose best support is b bits belongs with odds
            2^(slope x b + offset).
        counts: Occurrences of names and terms in a large corpus (`counts.COUNTS`).
        topics: Subject vectors of words.
    """

    version: str
    prior: float
    weights: dict[str, FloatArray]
    threshold: float
    linkage_exponent: float
    probability_slope: float
    probability_offset: float
    counts: pl.DataFrame
    topics: Topics

    def match_weights(self, compared: Compared) -> FloatArray:
        """Add up the bits of every pair; level 0, missing evidence, weighs nothing."""
        total = np.full(len(compared.levels["name"]), self.prior, dtype=np.float32)
        for comparison, levels in compared.levels.items():
            if levels.any():
                total += self.weights[comparison][levels]
        return total

    def probabilities(self, bits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Probability that a mention belongs, from the bits of its best support."""
        exponent = np.clip(self.probability_slope * np.minimum(bits, MOST_BITS) + self.probability_offset, -60.0, 60.0)
        return np.asarray(1.0 / (1.0 + np.exp2(-exponent)), dtype=np.float64)


@cache
def shipped_model() -> Model:
    """Read the model that is shipped with the package."""
    return model_from(json.loads(MODEL_FILE.read_text(encoding="utf-8")), shipped_counts(), shipped_topics())


def model_from(document: dict[str, Any], counts: pl.DataFrame, topics: Topics) -> Model:
    """Build a model from the model file's content.

    Raises:
        ResolverInputError: a level has no weight, or a weight has no level.
    """
    weights = {}
    for comparison in COMPARISONS:
        if comparison == "prior":
            continue
        given = document["comparisons"][comparison]
        labels = LEVELS[comparison]
        strangers = sorted(set(given) ^ set(labels))
        if strangers:
            raise ResolverInputError(
                f"the model file and the code disagree about level {strangers[0]!r} of {comparison};"
                " derive the model again."
            )
        weights[comparison] = np.array([0.0, *(given[label] for label in labels)], dtype=np.float32)
    probability = document["probability"]
    return Model(
        version=document["version"],
        prior=float(document["prior"]),
        weights=weights,
        threshold=float(document["threshold"]),
        linkage_exponent=float(document["linkage_exponent"]),
        probability_slope=float(probability["slope"]),
        probability_offset=float(probability["offset"]),
        counts=counts,
        topics=topics,
    )
