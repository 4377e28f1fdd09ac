"""Comparing the pairs of a batch: one ordered level per kind of evidence, level 0 is missing evidence.

What belongs here: arrays of a batch -> levels. What does not: what a level weighs (`model`), which pairs are
compared (`blocking`), name levels (`name_levels`).

Nothing here looks at the rest of a block: a pair's levels are the same in whatever company it is compared, so a
stored weight can be explained from the two mentions alone.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.resolve.bags import Bags
from pipeline.resolve.evidence import LONG_BYLINE, UNKNOWN_YEAR, Evidence
from pipeline.resolve.name_levels import NameLevel, compare_names
from pipeline.resolve.pairs import PairSpace, overlap, products
from pipeline.resolve.topics import UNIT

LevelArray = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]
LongArray = npt.NDArray[np.int64]

_COSINES: Final = (0.05, 0.1, 0.2, 0.3, 0.45, 0.65)
_AFFILIATION_COSINES: Final = (0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
_TOPIC_COSINES: Final = (-0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_CATEGORY_COSINES: Final = (0.45, 0.75, 0.95)
_COAUTHOR_BITS: Final = (8.0, 11.0, 14.0, 18.0, 24.0, 32.0, 48.0)
_LONG_BYLINE_BITS: Final = (60.0,)
_COAUTHOR_NONE: Final = (2, 4)
_YEAR_GAPS: Final = (1, 2, 4, 7, 11, 16, 26)
_REFERENCES: Final = (2, 3, 6)
_BEARER_BITS: Final = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)


def _steps(prefix: str, cuts: tuple[float, ...], zero: str | None = None) -> tuple[str, ...]:
    """Labels of the ranges between cuts, below the first and from the last on."""
    labels = [
        f"{prefix} under {cuts[0]:g}",
        *(f"{prefix} {a:g} to {b:g}" for a, b in pairwise(cuts)),
    ]
    return ((zero,) if zero else ()) + (*labels, f"{prefix} {cuts[-1]:g} or more")


LEVELS: Final[dict[str, tuple[str, ...]]] = {
    "name": tuple(level.name.lower() for level in NameLevel if level),
    "rarity": (
        *_steps("written out, log2 bearers", _BEARER_BITS),
        *_steps("initials, log2 bearers", _BEARER_BITS),
    ),
    "coauthors": (
        "none shared, one name to share",
        "none shared, 2 or 3 names to share",
        "none shared, 4 names or more to share",
        *_steps("shared bits", _COAUTHOR_BITS),
        "long bylines, none shared",
        *_steps("long bylines, shared bits", _LONG_BYLINE_BITS),
    ),
    "affiliation": _steps("cosine", _AFFILIATION_COSINES, "nothing shared"),
    "email": ("same address", "same domain", "different domain"),
    "title": _steps("cosine", _COSINES, "nothing shared"),
    "abstract": _steps("cosine", _COSINES, "nothing shared"),
    "keywords": _steps("cosine", _COSINES, "nothing shared"),
    "topic": _steps("cosine", _TOPIC_COSINES),
    "venue": ("same venue", "different venue"),
    "categories": _steps("cosine", _CATEGORY_COSINES, "nothing shared"),
    "references": _steps("shared references", _REFERENCES, "nothing shared"),
    "year": _steps("years apart", _YEAR_GAPS),
    "orcid": ("same", "different"),
}
"""Labels of each comparison's levels; the label of level k is entry k - 1, level 0 is missing evidence."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A batch's pairs with their levels.

    Attributes:
        levels: One uint8 level per comparison and pair.
        values: The measured number behind the level where there is one (bits, cosine, years, count).
    """

    levels: dict[str, LevelArray]
    values: dict[str, FloatArray]


def compare(evidence: Evidence, mentions: LongArray, space: PairSpace) -> Compared:
    """Compare all pairs of a batch.

    Args:
        evidence: What is known of all mentions.
        mentions: The mention of each row of the batch.
        space: The batch's pairs.
    """
    batch = _Batch(evidence, mentions, evidence.work[mentions], space)
    levels: dict[str, LevelArray] = {}
    values: dict[str, FloatArray] = {}
    levels["name"], levels["rarity"], values["rarity"] = batch.names()
    levels["coauthors"], values["coauthors"] = batch.coauthors()
    levels["affiliation"], values["affiliation"] = batch.cosines(evidence.affiliation, mentions, _AFFILIATION_COSINES)
    levels["email"] = batch.emails()
    for field, bags, cuts in (
        ("title", evidence.title, _COSINES),
        ("abstract", evidence.abstract, _COSINES),
        ("keywords", evidence.keywords, _COSINES),
        ("categories", evidence.categories, _CATEGORY_COSINES),
        ("references", evidence.references, _REFERENCES),
    ):
        levels[field], values[field] = batch.cosines(bags, batch.works.astype(np.int64), cuts)
    levels["topic"], values["topic"] = batch.topics()
    levels["venue"] = batch.equality(evidence.venue[batch.works])
    levels["year"], values["year"] = batch.years()
    levels["orcid"] = batch.equality(evidence.orcid[mentions])
    return Compared(levels=levels, values=values)


def _step(values: FloatArray, cuts: tuple[float, ...]) -> LevelArray:
    """How many cuts each value reaches: a few passes over all values are quicker than a search for each."""
    step = np.zeros(len(values), dtype=np.uint8)
    for cut in cuts:
        np.add(step, values >= np.float32(cut), out=step)
    return step


@dataclass(frozen=True, slots=True)
class _Batch:
    evidence: Evidence
    mentions: LongArray
    works: npt.NDArray[np.int32]
    space: PairSpace

    def nothing(self) -> LevelArray:
        return np.zeros(self.space.count, dtype=np.uint8)

    def both(self, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Tell the pairs of which both rows have something."""
        if known.all():
            return np.ones(self.space.count, dtype=bool)
        return known[self.space.left] & known[self.space.right]

    def cosines(self, bags: Bags, rows: LongArray, cuts: tuple[float, ...]) -> tuple[LevelArray, FloatArray]:
        """Level 1 for nothing shared, then by the cuts."""
        known = bags.begin[rows + 1] > bags.begin[rows]
        if not known.any():
            return self.nothing(), np.zeros(self.space.count, dtype=np.float32)
        shared = overlap(self.space, bags, rows)
        level = self.both(known).astype(np.uint8)
        some = np.flatnonzero(shared)
        level[some] = _step(shared[some], cuts) + 2
        return level, shared

    def topics(self) -> tuple[LevelArray, FloatArray]:
        """Level by how near the works' subjects are."""
        vectors = self.evidence.topic[self.works]
        known = np.asarray(vectors.any(axis=1), dtype=np.bool_)
        if not known.any():
            return self.nothing(), np.zeros(self.space.count, dtype=np.float32)
        cosine = products(self.space, vectors) / np.float32(UNIT * UNIT)
        return (_step(cosine, _TOPIC_COSINES) + 1) * self.both(known), cosine

    def equality(self, codes: npt.NDArray[np.int32]) -> LevelArray:
        """Level 1 for the same code, 2 for another, 0 where one is unknown."""
        if not (codes >= 0).any():
            return self.nothing()
        left, right = codes[self.space.left], codes[self.space.right]
        return np.where((left < 0) | (right < 0), 0, np.where(left == right, 1, 2)).astype(np.uint8)

    def emails(self) -> LevelArray:
        """Level 1 for one address, 2 for one domain, 3 for two."""
        address = self.equality(self.evidence.email[self.mentions])
        domain = self.equality(self.evidence.email_domain[self.mentions])
        return np.where(address == 1, 1, np.where(domain == 0, 0, domain + 1)).astype(np.uint8)

    def years(self) -> tuple[LevelArray, FloatArray]:
        """Level by years between the works."""
        year = self.evidence.year[self.works]
        known = year != UNKNOWN_YEAR
        if not known.any():
            return self.nothing(), np.zeros(self.space.count, dtype=np.float32)
        gap = np.abs(year[self.space.left] - year[self.space.right])
        last = max(_YEAR_GAPS)
        by_gap = np.searchsorted(np.asarray(_YEAR_GAPS), np.arange(last + 1), side="right").astype(np.uint8) + np.uint8(
            1
        )
        level = np.where(self.both(known), by_gap[np.minimum(gap, last)], np.uint8(0))
        return level, gap.astype(np.float32)

    def coauthors(self) -> tuple[LevelArray, FloatArray]:
        """Level by the rarity, in bits, of the shared co-authors; long bylines apart."""
        evidence, space = self.evidence, self.space
        own, works = evidence.block[self.mentions], self.works.astype(np.int64)
        kinds = np.arange(len(evidence.names.blocks), dtype=np.int32)
        shared = overlap(space, evidence.coauthor_initial, works, (kinds, own))
        shared += overlap(space, evidence.coauthor_full, works, (evidence.block_of_full, own))
        others = np.minimum(evidence.byline[self.works] - 1, 30_000).astype(np.int16)
        fewest = np.minimum(others[space.left], others[space.right])
        level = np.where(
            fewest >= LONG_BYLINE,
            4 + len(_COAUTHOR_BITS) + 1,
            1 + (fewest >= _COAUTHOR_NONE[0]).astype(np.uint8) + (fewest >= _COAUTHOR_NONE[1]),
        ).astype(np.uint8)
        level[fewest < 1] = 0
        some = np.flatnonzero(shared > 0)
        bits, long = shared[some], fewest[some] >= LONG_BYLINE
        ordinary = _step(bits, _COAUTHOR_BITS) + 4
        crowded = _step(bits, _LONG_BYLINE_BITS) + 4 + len(_COAUTHOR_BITS) + 2
        level[some] = np.where(long, crowded, ordinary)
        return level, shared

    def names(self) -> tuple[LevelArray, LevelArray, FloatArray]:
        """Compare each pair of distinct names of a unit once, then look the pairs' levels up."""
        space, evidence = self.space, self.evidence
        name = evidence.name[self.mentions].astype(np.int64)
        span = len(evidence.names.block)
        distinct, row_name = np.unique(space.unit.astype(np.int64) * span + name, return_inverse=True)
        unit_of = (distinct // span).astype(np.int64)
        code = (distinct % span).astype(np.int32)
        per_unit = np.bincount(unit_of, minlength=len(space.size))
        first = np.concatenate(([0], np.cumsum(per_unit)[:-1])).astype(np.int64)
        table_start = np.concatenate(([0], np.cumsum(per_unit**2)[:-1])).astype(np.int64)
        left = np.repeat(np.arange(len(code)), per_unit[unit_of])
        right = (
            np.arange(len(left))
            - np.repeat(
                table_start[unit_of] + (np.arange(len(code)) - first[unit_of]) * per_unit[unit_of],
                per_unit[unit_of],
            )
            + first[unit_of[left]]
        )
        level, bearers = compare_names(evidence.names, evidence.rarity, code[left], code[right])
        inside = row_name - first[space.unit]
        place = (table_start[space.unit] + inside * per_unit[space.unit])[space.left] + inside[space.right]
        step = _step(bearers, _BEARER_BITS)
        written = level < NameLevel.NEAR
        rarity = np.where(level == NameLevel.IMPOSSIBLE, 0, 1 + step + np.where(written, 0, len(_BEARER_BITS) + 1))
        return level[place], rarity.astype(np.uint8)[place], bearers[place]
