"""Two bylines of one paper lined up: which name of the second stands for which name of the first."""

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from pipeline.names import fold

MIN_SIMILARITY = 80.0
"""Least token-sort similarity (0 to 100) of two names at different places, and of two whose initials agree."""

SAME_PLACE_SIMILARITY = 60.0
"""Least similarity of two names that stand at the same place of bylines of one length: a changed family name or
another transliteration still leaves most letters."""


class Name(NamedTuple):
    """A printed name, folded for comparison."""

    whole: str
    family: str
    initial: str


def folded(given: str | None, family: str | None) -> Name:
    """Fold a parsed name."""
    first = fold(given or "")
    last = fold(family or "")
    return Name(f"{first} {last}".strip(), last, first[:1])


def line_up(left: Sequence[Name], right: Sequence[Name]) -> dict[int, int]:
    """Match two bylines one to one.

    Equal names first, then equal family and initial, then similar names; ties go to the place nearest in order, then
    to the earlier one. Names that stay alone are left out.

    Returns:
        Index in `left` -> index in `right`, both 0-based.
    """
    pairs: dict[int, int] = {}
    free_l, free_r = set(range(len(left))), set(range(len(right)))

    def settle(candidates: list[tuple[float, int, int, int]]) -> None:
        for _, _, i, j in sorted(candidates):
            if i in free_l and j in free_r:
                pairs[i] = j
                free_l.discard(i)
                free_r.discard(j)

    for key in (lambda name: name.whole, lambda name: (name.family, name.initial)):
        places: dict[object, list[int]] = {}
        for j in sorted(free_r):
            places.setdefault(key(right[j]), []).append(j)
        settle([(0.0, abs(i - j), i, j) for i in sorted(free_l) for j in places.get(key(left[i]), []) if left[i].whole])
    if free_l and free_r:
        rest_l, rest_r = sorted(free_l), sorted(free_r)
        similarity = process.cdist(
            [left[i].whole for i in rest_l], [right[j].whole for j in rest_r], scorer=fuzz.token_sort_ratio
        )
        same_length = len(left) == len(right)
        settle(
            [
                (-float(similarity[a, b]), abs(i - j), i, j)
                for a, i in enumerate(rest_l)
                for b, j in enumerate(rest_r)
                if similarity[a, b] >= (SAME_PLACE_SIMILARITY if same_length and i == j else MIN_SIMILARITY)
            ]
        )
    return pairs
