"""Deriving the model's weights from labelled sets: logistic regression over comparison levels, in bits.

    python -m pipeline.resolve.fit SET_DIR ... -o pipeline/resolve/model.json [--without SET_DIR ...]

Each SET_DIR holds mentions.parquet and works.parquet (`schemas`) and gold.parquet (`mention_id, gold_author`, null
where unlabelled). `--without` leaves sets out: that is how a set is measured with weights it has not seen.

What belongs here: labelled pairs -> model file. What does not: applying a model.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.parquet as pq
from scipy.optimize import minimize

from pipeline.resolve.comparisons import LEVELS, compare
from pipeline.resolve.counts import shipped_counts
from pipeline.resolve.evidence import read_evidence
from pipeline.resolve.inputs import checked_input
from pipeline.resolve.model import MODEL_FILE
from pipeline.resolve.name_levels import NameLevel
from pipeline.resolve.pairs import pair_space

FloatArray = npt.NDArray[np.float64]

LEARNED: Final = tuple(LEVELS)

SCALES: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "rarity": (("written out", -1.0), ("initials", -1.0)),
    "coauthors": (("none shared", -1.0), ("shared bits", 1.0), ("long bylines", 1.0)),
    "affiliation": (("", 1.0),),
    "title": (("", 1.0),),
    "abstract": (("", 1.0),),
    "keywords": (("", 1.0),),
    "categories": (("", 1.0),),
    "references": (("", 1.0),),
    "year": (("", -1.0),),
}
"""For each comparison the beginnings of the labels that form one scale, and which way the weight goes along it."""
MOST_PAIRS: Final = 400_000
"""Pairs sampled from one set, evenly spaced: enough for about a hundred weights, and no randomness."""

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

PRIOR: Final = 0.7
"""Bits before any evidence: the even choice between the best priors of the labelled sets (docs/method.md)."""

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


@dataclass(frozen=True, slots=True)
class LabelledPairs:
    """Labelled pairs of one set.

    Attributes:
        levels: (pairs, comparisons) levels in the order of `LEARNED`.
        same: 1.0 for one person, 0.0 for two.
        weight: Weight of each pair; a mention of a large block does not outweigh one of a small block.
    """

    levels: npt.NDArray[np.uint8]
    same: FloatArray
    weight: FloatArray


def labelled_pairs(folder: Path, counts: pl.DataFrame) -> LabelledPairs:
    """Compare the labelled pairs of a set that are in one block, not on one work and not impossible by name."""
    gold = pl.read_parquet(folder / "gold.parquet", columns=["mention_id", "gold_author"]).drop_nulls()
    mentions = pl.read_parquet(folder / "mentions.parquet").join(
        gold.select("mention_id"), on="mention_id", how="semi"
    )
    source = checked_input(mentions.to_arrow(), pq.read_table(folder / "works.parquet"))
    evidence = read_evidence(source, counts)
    author = source.mentions.join(gold, on="mention_id", how="left", maintain_order="left")["gold_author"]
    author_code = author.rank("dense").to_numpy()
    linkable = np.flatnonzero(evidence.block >= 0)
    order = linkable[np.lexsort((linkable, evidence.block[linkable]))]
    blocks = evidence.block[order]
    parts: list[tuple[npt.NDArray[np.uint8], FloatArray, FloatArray]] = []
    for rows in np.split(order, np.flatnonzero(np.diff(blocks)) + 1):
        if len(rows) < 2:
            continue
        space = pair_space(np.array([len(rows)]))
        compared = compare(evidence, rows, space)
        levels = np.stack([compared.levels[c] for c in LEARNED], axis=1)
        same = author_code[rows][space.left] == author_code[rows][space.right]
        possible = (levels[:, LEARNED.index("name")] != NameLevel.IMPOSSIBLE) & (
            evidence.work[rows][space.left] != evidence.work[rows][space.right]
        )
        parts.append(
            (
                levels[possible],
                same[possible].astype(np.float64),
                np.full(int(possible.sum()), 1.0 / (len(rows) - 1)),
            )
        )
    levels = np.concatenate([p[0] for p in parts])
    same = np.concatenate([p[1] for p in parts])
    weight = np.concatenate([p[2] for p in parts])
    step = max(1, -(-len(same) // MOST_PAIRS))
    levels, same, weight = levels[::step], same[::step], weight[::step]
    return LabelledPairs(
        levels=levels,
        same=same,
        weight=weight * (TOTAL_WEIGHT * min(1.0, len(same) / FULL_SET) / weight.sum()),
    )


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
    weight = np.concatenate([s.weight for s in sets])
    member = np.repeat(np.arange(len(sets)), [len(s.same) for s in sets])
    split = np.array([_split_noise(s) for s in sets])[member]
    sizes = [len(LEVELS[c]) + 1 for c in LEARNED]
    start = len(sets) + np.concatenate(([0], np.cumsum(sizes)[:-1]))
    size = len(sets) + sum(sizes)
    belief = np.zeros(size)
    for k, comparison in enumerate(LEARNED):
        for label, bits in BELIEFS.get(comparison, {}).items():
            belief[start[k] + 1 + LEVELS[comparison].index(label)] = bits * np.log(2)
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
            gradient[start[k] : start[k] + sizes[k]] = np.bincount(
                levels[:, k], weights=residual, minlength=sizes[k]
            )
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

    bounds = [(None, None)] * size
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
    return max(LEAST_SPLIT_NOISE, float(1.0 - pairs.same[sure].mean())) if sure.any() else LEAST_SPLIT_NOISE


def _level_shares(sets: list[LabelledPairs], k: int, size: int) -> FloatArray | None:
    """Share of each level among pairs of two people that have the evidence, the sets that have it weighing the same."""
    shares = []
    for pairs in sets:
        chosen = (pairs.levels[:, k] > 0) & (pairs.same == 0)
        if chosen.any():
            counts = np.bincount(pairs.levels[chosen, k], weights=pairs.weight[chosen], minlength=size)[1:]
            shares.append(counts / counts.sum())
    return np.mean(shares, axis=0) if shares else None


def model_document(
    prior: float, weights: dict[str, FloatArray], derivation: dict[str, Any]
) -> dict[str, Any]:
    """The content of the model file."""
    return {
        "version": derivation["version"],
        "derivation": derivation,
        "prior": round(prior, 3),
        "threshold": 0.0,
        "linkage_exponent": 0.4,
        "probability": {"slope": 1.0, "offset": 0.0},
        "comparisons": {
            c: {label: round(float(bits), 3) for label, bits in zip(LEVELS[c], weights[c][1:], strict=True)}
            for c in LEARNED
        },
    }


def main() -> None:
    """Derive the model file."""
    parser = argparse.ArgumentParser(description="Derive the match weights from labelled sets.")
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--without", type=Path, nargs="*", default=[])
    parser.add_argument("-o", "--output", type=Path, default=MODEL_FILE)
    arguments = parser.parse_args()
    counts = shipped_counts()
    used = [folder for folder in arguments.sets if folder not in arguments.without]
    pairs = [labelled_pairs(folder, counts) for folder in used]
    intercepts, weights = fitted(pairs)
    prior = PRIOR
    derivation = {
        "version": "1",
        "method": "logistic regression over comparison levels, each labelled set weighing the same, in bits",
        "sets": {folder.name: len(p.same) for folder, p in zip(used, pairs, strict=True)},
        "intercepts": {
            folder.name: round(float(bits), 2) for folder, bits in zip(used, intercepts, strict=True)
        },
        "by_hand": sorted(BELIEFS),
        "command": "python -m pipeline.resolve.fit SET_DIR ... -o pipeline/resolve/model.json",
    }
    arguments.output.write_text(
        json.dumps(model_document(prior, weights, derivation), indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
