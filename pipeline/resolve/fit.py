"""Deriving the model's weights from labelled sets: logistic regression over comparison levels, in bits.

`python -m pipeline.resolve.derive model` runs it. To measure a set with weights that have not seen it, leave it out.

What belongs here: labelled pairs -> model file. What does not: comparing (`labelled`), applying a model (`model`).
"""

import hashlib
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import minimize

from pipeline.resolve.clustering import MOST_BITS
from pipeline.resolve.comparisons import LEVELS
from pipeline.resolve.counts import counts_digest
from pipeline.resolve.labelled import (
    LEARNED,
    LabelledBatch,
    LabelledPairs,
    clustering_f1,
    labelled_batches,
    sampled_pairs,
    strongest_supports,
)
from pipeline.resolve.name_levels import NameLevel
from pipeline.resolve.topics import Topics

FloatArray = npt.NDArray[np.float64]

SCALES: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "rarity": (("written out", -1.0), ("initials", -1.0)),
    "coauthors": (("none shared", -1.0), ("shared bits", 1.0), ("long bylines", 1.0)),
    "affiliation": (("", 1.0),),
    "title": (("", 1.0),),
    "abstract": (("", 1.0),),
    "keywords": (("", 1.0),),
    "topic": (("", 1.0),),
    "categories": (("", 1.0),),
    "references": (("", 1.0),),
    "year": (("", -1.0),),
}
"""For each comparison the beginnings of the labels that form one scale, and which way the weight goes along it."""
NAME_RUNS: Final = (
    (NameLevel.SAME_WITH_MIDDLE, NameLevel.MIDDLE_CONFLICT),
    (NameLevel.INITIALS_AGREE, NameLevel.BOTH_INITIAL_ONE_SIDED),
    (NameLevel.INITIAL_AND_FULL, NameLevel.INITIAL_AND_FULL_ONE_SIDED),
)
"""Name levels, first to last, along which the weight falls. An agreeing middle name also makes the name rarer, so
without this the two could trade bits against each other at will."""

SMOOTHNESS: Final = 0.5
SHRINKAGE: Final = 0.05
"""Penalties, in the units of the total pair weight (see `TOTAL_WEIGHT`), on the squared difference of neighbouring
levels and on the squared distance from belief."""

NEUTRALITY: Final = 300.0
"""Penalty on the squared log of a comparison's mean likelihood ratio among strangers, which should be 1."""

TOTAL_WEIGHT: Final = 20_000.0
"""Weight of each large labelled set, whatever its size: the model must serve sets that nobody labelled."""

FULL_SET: Final = 50_000
"""Pairs from which a set weighs in full; smaller sets weigh in proportion, lest a few pairs settle rare levels."""

MERGED_NOISE: Final = 0.01
LEAST_SPLIT_NOISE: Final = 0.01
"""Shares of labels taken to be wrong: ids that hold two people, and, at least, people who hold two ids. How often a
set splits people is measured on its own pairs of the same written-out name that share two rare co-authors or
more (`_split_noise`). Without this, a set of split ids would cap what overwhelming evidence weighs."""

PRIORS: Final = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0)
INITIAL_SHIFTS: Final = (-1.0, 0.0, 1.0, 2.0, 3.0, 4.0)
"""Bits tried for the prior, and added to the name levels that rest on an initial; the first and the last of each as
neighbours only. Pairs are not independent when they are clustered: a written-out name repeats its own evidence in every
pair of a cluster, where an initial has to rely on the few pairs that share anything. So the two are settled by
clustering, not by the regression."""

LINKAGE_EXPONENTS: Final = (0.5, 0.7)
"""Linkages tried with them. At 1.0, the mean of the odds, sets whose like was not tuned on lose: giles14 .04."""

IMPOSSIBLE_BITS: Final = -16.0

BELIEFS: Final[dict[str, dict[str, float]]] = {
    "email": {"same address": 8.0, "same domain": 2.0, "different domain": -0.5},
    "references": {
        "nothing shared": -0.3,
        "shared references under 2": 1.5,
        "shared references 2 to 3": 2.5,
        "shared references 3 to 6": 4.0,
        "shared references 6 or more": 6.0,
    },
    "categories": {
        "nothing shared": -1.2,
        "cosine under 0.45": -0.5,
        "cosine 0.45 to 0.75": -0.1,
        "cosine 0.75 to 0.95": 0.3,
        "cosine 0.95 or more": 0.8,
    },
    "orcid": {"same": 14.0, "different": -2.0},
}
"""Bits for evidence that no labelled set at hand holds, set by hand and kept where there is nothing to learn from:
an address is one person's but shared mailboxes exist; citing the same works comes from working on one subject;
two ORCIDs on one person are a few percent of people, against nearly all pairs of strangers who have one each."""


def fitted(sets: list[LabelledPairs]) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Fit the weights of all levels by penalised maximum likelihood, with one intercept for each set.

    Sets differ in how many of their pairs are one person, and in the evidence they have. Without an intercept of
    their own, evidence that only some sets have would come to stand for those sets. For the same reason each
    comparison is held to be a likelihood ratio: over pairs of two people that have the evidence, the mean of 2^bits
    is 1, so that having the evidence says nothing, only what it shows. Where levels are steps of one scale, the
    weights never fall as agreement rises (`SCALES`).

    Returns:
        The sets' intercepts in bits, and bits per comparison with entry 0 (missing evidence) at 0.
    """
    levels = np.concatenate([s.levels for s in sets])
    same = np.concatenate([s.same for s in sets])
    weight = np.concatenate([s.weight * TOTAL_WEIGHT * min(1.0, s.pairs / FULL_SET) for s in sets])
    member = np.repeat(np.arange(len(sets)), [len(s.same) for s in sets])
    split = np.array([_split_noise(s) for s in sets])[member]
    sizes = [len(LEVELS[c]) + 1 for c in LEARNED]
    start = len(sets) + np.concatenate(([0], np.cumsum(sizes)[:-1]))
    size = len(sets) + sum(sizes)
    belief = _beliefs(start, size)
    climbs = np.concatenate([start[k] + np.array(_climbs(c), dtype=np.int64) for k, c in enumerate(LEARNED)])
    rising = np.concatenate([np.array(_directions(c), dtype=np.float64) for c in LEARNED])
    ratios = [k for k, c in enumerate(LEARNED) if c not in ("name", "rarity")]
    strangers = [_level_shares(sets, k, sizes[k]) for k in range(len(LEARNED))]
    theta_of, back = _cumulative(size, climbs, rising)

    def objective(steps: FloatArray) -> tuple[float, FloatArray]:
        theta = theta_of(steps)
        logit = theta[member]
        for k in range(len(LEARNED)):
            logit = logit + theta[start[k] + levels[:, k]]
        chance = 1.0 / (1.0 + np.exp(-np.clip(logit, -50.0, 50.0)))
        believed = MERGED_NOISE + (1.0 - MERGED_NOISE - split) * chance
        loss = -float((weight * np.log(np.where(same > 0, believed, 1.0 - believed))).sum())
        slope = (1.0 - MERGED_NOISE - split) * chance * (1.0 - chance)
        residual = weight * slope * np.where(same > 0, -1.0 / believed, 1.0 / (1.0 - believed))
        gradient = np.zeros(size)
        gradient[: len(sets)] = np.bincount(member, weights=residual, minlength=len(sets))
        for k in range(len(LEARNED)):
            gradient[start[k] : start[k] + sizes[k]] = np.bincount(levels[:, k], weights=residual, minlength=sizes[k])
        bend = theta[climbs] - theta[climbs - 1] - (belief[climbs] - belief[climbs - 1])
        away = (theta - belief)[len(sets) :]
        loss += SMOOTHNESS * float((bend**2).sum()) + SHRINKAGE * float((away**2).sum())
        np.add.at(gradient, climbs, 2 * SMOOTHNESS * bend)
        np.add.at(gradient, climbs - 1, -2 * SMOOTHNESS * bend)
        gradient[len(sets) :] += 2 * SHRINKAGE * away
        for k in ratios:
            part = slice(start[k] + 1, start[k] + sizes[k])
            shares = strangers[k]
            if shares is None:
                continue
            share = shares * np.exp(np.minimum(theta[part], 30.0))
            excess = float(np.log(share.sum()))
            loss += NEUTRALITY * excess**2
            gradient[part] += 2 * NEUTRALITY * excess * share / share.sum()
        gradient[start] = 0.0
        return loss, back(gradient)

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * size
    for place in climbs:
        bounds[place] = (0.0, None)
    first = belief.copy()
    first[climbs] = np.maximum((belief[climbs] - belief[climbs - 1]) * rising, 0.0)
    solution = minimize(
        objective,
        first,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 3000, "maxfun": 6000},
    )
    bits = theta_of(solution.x) / np.log(2)
    weights = {c: bits[start[k] : start[k] + sizes[k]].copy() for k, c in enumerate(LEARNED)}
    weights["name"][NameLevel.IMPOSSIBLE] = IMPOSSIBLE_BITS
    return bits[: len(sets)], weights


def _beliefs(start: npt.NDArray[np.int64], size: int) -> FloatArray:
    """`BELIEFS` as natural log odds, in the order of the weights."""
    belief = np.zeros(size)
    for k, comparison in enumerate(LEARNED):
        for label, bits in BELIEFS.get(comparison, {}).items():
            belief[start[k] + 1 + LEVELS[comparison].index(label)] = bits * np.log(2)
    return belief


def _cumulative(
    size: int, climbs: npt.NDArray[np.int64], rising: FloatArray
) -> tuple[Callable[[FloatArray], FloatArray], Callable[[FloatArray], FloatArray]]:
    """Steps -> weights and, for gradients, the way back: a climb's entry is its distance from the entry before."""
    direction = np.ones(size)
    direction[climbs] = rising
    climbing = np.zeros(size, dtype=bool)
    climbing[climbs] = True
    run = np.cumsum(~climbing) - 1
    heads = np.flatnonzero(~climbing)

    def theta_of(steps: FloatArray) -> FloatArray:
        total = np.cumsum(steps * direction)
        return np.asarray(total - (total[heads] - steps[heads])[run])

    def back(gradient: FloatArray) -> FloatArray:
        tail = np.cumsum(gradient[::-1])[::-1]
        beyond = np.append(tail, 0.0)[np.append(heads[1:], size)]
        return np.asarray((tail - beyond[run]) * direction)

    return theta_of, back


def _scales(comparison: str) -> list[tuple[range, float]]:
    """Runs of levels that are steps of one scale, and whether the weight rises (1) or falls (-1) along it."""
    if comparison == "name":
        return [(range(first, last + 1), -1.0) for first, last in NAME_RUNS]
    labels = LEVELS[comparison]
    runs: list[tuple[range, float]] = []
    for prefix, direction in SCALES.get(comparison, ()):
        steps = [k + 1 for k, label in enumerate(labels) if label.startswith(prefix)]
        runs.append((range(steps[0], steps[-1] + 1), direction))
    return runs


def _climbs(comparison: str) -> list[int]:
    return [level for run, _ in _scales(comparison) for level in run[1:]]


def _directions(comparison: str) -> list[float]:
    return [direction for run, direction in _scales(comparison) for _ in run[1:]]


def _split_noise(pairs: LabelledPairs) -> float:
    """Share of pairs labelled as two people among those that can hardly be two."""
    rich = (
        LEVELS["coauthors"].index("shared bits 32 to 48") + 1,
        LEVELS["coauthors"].index("shared bits 48 or more") + 1,
    )
    sure = np.isin(pairs.levels[:, LEARNED.index("coauthors")], rich) & np.isin(
        pairs.levels[:, LEARNED.index("name")], (NameLevel.SAME, NameLevel.SAME_WITH_MIDDLE)
    )
    if not sure.any():
        return LEAST_SPLIT_NOISE
    return max(LEAST_SPLIT_NOISE, float(1.0 - np.average(pairs.same[sure], weights=pairs.weight[sure])))


def _level_shares(sets: list[LabelledPairs], k: int, size: int) -> FloatArray | None:
    """Share of each level among pairs of two people that have the evidence, the sets that have it weighing the same."""
    shares = []
    for pairs in sets:
        chosen = (pairs.levels[:, k] > 0) & (pairs.same == 0)
        if chosen.any():
            counts = np.bincount(pairs.levels[chosen, k], weights=pairs.weight[chosen], minlength=size)[1:]
            shares.append(counts / counts.sum())
    return np.mean(shares, axis=0) if shares else None


def settled_by_clustering(
    sets: list[list[LabelledBatch]], weights: dict[str, FloatArray]
) -> tuple[float, float, dict[str, FloatArray]]:
    """Choose the prior, the linkage and the shift of initials with the best mean of B-cubed and pairwise F1.

    All combinations are tried, as each makes up for the others; the first of equals. A prior and a shift count with
    those beside them: the best ones of a set that is not here lie a bit to one side, where some sets fall off a cliff.

    Returns:
        Prior, linkage exponent, and the weights with initials shifted.
    """

    def quality(prior: float, exponent: float, shift: float) -> float:
        shifted = _with_initials_shifted(weights, shift)
        return float(np.mean([clustering_f1(batches, shifted, prior, exponent) for batches in sets]))

    found = {settings: quality(*settings) for settings in itertools.product(PRIORS, LINKAGE_EXPONENTS, INITIAL_SHIFTS)}

    def steadily(settings: tuple[float, float, float]) -> float:
        prior, exponent, shift = settings
        steps = itertools.product((-1.0, 0.0, 1.0), repeat=2)
        return float(np.mean([found[prior + one, exponent, shift + other] for one, other in steps]))

    prior, exponent, shift = max(itertools.product(PRIORS[1:-1], LINKAGE_EXPONENTS, INITIAL_SHIFTS[1:-1]), key=steadily)
    return prior, exponent, _with_initials_shifted(weights, shift)


def _with_initials_shifted(weights: dict[str, FloatArray], shift: float) -> dict[str, FloatArray]:
    """Weights with the given bits added to the name levels that rest on an initial."""
    name = weights["name"].copy()
    name[NameLevel.INITIALS_AGREE : NameLevel.INITIAL_CONFLICT + 1] += shift
    return {**weights, "name": name}


def calibrated(
    sets: list[list[LabelledBatch]], weights: dict[str, FloatArray], prior: float, exponent: float
) -> tuple[float, float]:
    """Slope and offset that turn the bits of a mention's strongest link into log2 odds that the link is right.

    Logistic regression (Platt 1999) over the links that clustering the labelled mentions accepts, all sets weighing
    the same: bits of evidence that is not independent promise more than they keep.
    """
    found = [strongest_supports(batches, weights, prior, exponent) for batches in sets]
    bits, right, weight = (
        np.concatenate(parts)
        for parts in (
            [bits for bits, _ in found],
            [right for _, right in found],
            [np.full(len(bits), 1.0 / len(bits)) for bits, _ in found if len(bits)],
        )
    )
    if not len(bits) or right.min() == right.max():
        return 1.0, 0.0

    def objective(line: FloatArray) -> tuple[float, FloatArray]:
        logit = np.clip((line[0] * np.minimum(bits, MOST_BITS) + line[1]) * np.log(2), -50.0, 50.0)
        chance = 1.0 / (1.0 + np.exp(-logit))
        loss = -float((weight * (right * np.log(chance) + (1.0 - right) * np.log(1.0 - chance))).sum())
        slope = weight * (chance - right) * np.log(2)
        return loss, np.array([(slope * np.minimum(bits, MOST_BITS)).sum(), slope.sum()])

    line = minimize(objective, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.0, None), (None, None)]).x
    return round(float(line[0]), 3), round(float(line[1]), 3)


def derived_model(folders: list[Path], settling: list[Path], counts: pl.DataFrame, topics: Topics) -> dict[str, Any]:
    """Derive the content of the model file from labelled sets.

    Args:
        folders: Sets that weigh the evidence, and settle the prior.
        settling: Sets that settle the prior only: labels with too many split people would cap what evidence weighs.
        counts: Occurrences of names and terms.
        topics: Subject vectors.
    """
    labelled = [labelled_batches(folder, counts, topics) for folder in folders]
    others = [labelled_batches(folder, counts, topics) for folder in settling]
    pairs = [sampled_pairs(batches) for batches in labelled]
    intercepts, weights = fitted(pairs)
    prior, exponent, weights = settled_by_clustering([*labelled, *others], weights)
    slope, offset = calibrated([*labelled, *others], weights, prior, exponent)
    derivation = {
        "method": "logistic regression over comparison levels, large labelled sets weighing the same; the prior,"
        " the linkage and a shift of the levels of initials by the mean of B-cubed and pairwise F1 of clustering the"
        " labelled mentions",
        "sets": {folder.name: p.pairs for folder, p in zip(folders, pairs, strict=True)},
        "settled_on_too": [folder.name for folder in settling],
        "intercepts": {folder.name: round(float(bits), 2) for folder, bits in zip(folders, intercepts, strict=True)},
        "by_hand": sorted(BELIEFS),
        "command": "python -m pipeline.resolve.derive model SET_DIR ... --settle SET_DIR ...",
        "counts": counts_digest(counts),
        "topics": topics.digest(),
    }
    rounded = {
        c: {label: round(float(bits), 3) for label, bits in zip(LEVELS[c], weights[c][1:], strict=True)}
        for c in LEARNED
    }
    deciding = {
        "prior": prior,
        "threshold": 0.0,
        "linkage_exponent": exponent,
        "probability": {"slope": slope, "offset": offset},
        "comparisons": rounded,
    }
    content = json.dumps([deciding, derivation["counts"], derivation["topics"]], sort_keys=True)
    return {"version": hashlib.sha256(content.encode()).hexdigest()[:12], "derivation": derivation, **deciding}
