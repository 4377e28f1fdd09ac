"""Comparing two names: the ordered levels of given-name agreement, and how many people may bear what they share.

What belongs here: name codes -> level, on arrays. What does not: reading names (`printed_names`), weights.
"""

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.resolve.printed_names import TOKENS, NameTable, Words, are_misspelt, are_near
from pipeline.resolve.rarity import NameRarity

LevelArray = npt.NDArray[np.uint8]
CodeArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]


class NameLevel(IntEnum):
    """How two names of one block agree, from most to least; the first initial and the family key agree in all."""

    MISSING = 0
    SAME_WITH_MIDDLE = 1
    """Every given name the same, more than one of them."""
    SAME = 2
    """The one given name each has is the same, written out."""
    MIDDLE_INITIAL = 3
    """Same first name, the middle initial agrees."""
    MIDDLE_ONE_SIDED = 4
    """Same first name, one has a middle name more."""
    MIDDLE_CONFLICT = 5
    """Same first name, different middle names."""
    FIRST_PART = 6
    """One first name is the other's first hyphenated part: Jean, Jean-Pierre."""
    NEAR = 7
    """First names are short forms or spellings of one name: Mike, Michael; Sergei, Sergey."""
    MISSPELT = 8
    """Long first names that are one letter apart, middle names not against it: Cristopher, Christopher."""
    INITIALS_AGREE = 9
    """Two or more initials agree, at least one first name is only an initial."""
    BOTH_INITIAL = 10
    """Both are one initial."""
    BOTH_INITIAL_ONE_SIDED = 11
    """Both first names are initials, one has a middle initial more."""
    INITIAL_AND_FULL = 12
    """One first name is the other's initial."""
    INITIAL_AND_FULL_ONE_SIDED = 13
    """The same, one has a middle name more."""
    INITIAL_CONFLICT = 14
    """A first initial fits, the middle initials differ."""
    MONONYM = 15
    """Both have one word only, the same."""
    IMPOSSIBLE = 16
    """Different given names: not one person, save by a correction."""


MIDDLE_INITIAL_BITS: Final = 3.0
MIDDLE_NAME_BITS: Final = 6.0
"""An agreeing middle initial, or written-out middle name, divides the possible bearers by 8, or by 64."""


def compare_names(
    names: NameTable, rarity: NameRarity, left: CodeArray, right: CodeArray
) -> tuple[LevelArray, FloatArray]:
    """Compare names pairwise.

    Args:
        names: The names.
        rarity: Their rarity.
        left: Name codes; the names of a pair share a block.
        right: Name codes, as many.

    Returns:
        `NameLevel` of each pair, and log2 of how many people may bear the part of the name that agrees.
        Both are the same when left and right change places.
    """
    first_l, first_r = names.first[left], names.first[right]
    both_written = (names.full[left] >= 0) & (names.full[right] >= 0)
    joined = (names.joined[left] == names.joined[right]) & (names.joined[left] >= 0)
    same_first = (first_l == first_r) | joined
    by_name = _compare_words(names.middles, left, right, 0)
    by_letter = _compare_words(names.tokens, left, right, 1)
    agree_full, agree_initial, conflict, one_sided = (
        np.where(both_written, name, letter) for name, letter in zip(by_name, by_letter, strict=True)
    )
    several = (names.middles.codes[left, 0] >= 0) | (names.middles.codes[right, 0] >= 0)
    part = (first_l == names.tokens.codes[right, 0]) | (first_r == names.tokens.codes[left, 0])
    both_initial = (names.full[left] < 0) & (names.full[right] < 0)
    level = np.select(
        [
            (first_l < 0) & (first_r < 0),
            (first_l < 0) | (first_r < 0),
            both_written & joined & several,
            both_written & joined,
            both_written & same_first & conflict,
            both_written & same_first & (agree_full | agree_initial),
            both_written & same_first,
            both_written & part,
            both_written & are_near(names, first_l, first_r),
            both_written & ~conflict & are_misspelt(names, first_l, first_r),
            both_written,
            conflict,
            agree_full | agree_initial,
            both_initial & one_sided,
            both_initial,
            one_sided,
        ],
        [
            NameLevel.MONONYM,
            NameLevel.IMPOSSIBLE,
            NameLevel.SAME_WITH_MIDDLE,
            NameLevel.SAME,
            NameLevel.MIDDLE_CONFLICT,
            NameLevel.MIDDLE_INITIAL,
            NameLevel.MIDDLE_ONE_SIDED,
            NameLevel.FIRST_PART,
            NameLevel.NEAR,
            NameLevel.MISSPELT,
            NameLevel.IMPOSSIBLE,
            NameLevel.INITIAL_CONFLICT,
            NameLevel.INITIALS_AGREE,
            NameLevel.BOTH_INITIAL_ONE_SIDED,
            NameLevel.BOTH_INITIAL,
            NameLevel.INITIAL_AND_FULL_ONE_SIDED,
        ],
        NameLevel.INITIAL_AND_FULL,
    ).astype(np.uint8)
    full = both_written & same_first
    bearers = np.where(
        full,
        np.minimum(rarity.bearers_full[left], rarity.bearers_full[right]),
        np.minimum(rarity.bearers_initial[left], rarity.bearers_initial[right]),
    )
    bearers = bearers - MIDDLE_NAME_BITS * agree_full - MIDDLE_INITIAL_BITS * (agree_initial & ~agree_full)
    return level, bearers.astype(np.float32)


def _compare_words(
    words: Words, left: CodeArray, right: CodeArray, begin: int
) -> tuple[BoolArray, BoolArray, BoolArray, BoolArray]:
    """Compare two names' words place by place: written out the same, initials agree, conflict, one has more."""
    agree_full, agree_initial, conflict, one_sided = (np.zeros(left.shape, dtype=bool) for _ in range(4))
    for k in range(begin, TOKENS):
        word_l, word_r = words.codes[left, k], words.codes[right, k]
        there_l, there_r = word_l >= 0, word_r >= 0
        both = there_l & there_r
        written = words.written[left, k] & words.written[right, k]
        initials = words.initials[left, k] == words.initials[right, k]
        same = both & (word_l == word_r)
        agree_full |= same & written
        agree_initial |= both & initials & ~written
        conflict |= both & ~same & (written | ~initials)
        one_sided |= there_l != there_r
    return agree_full, agree_initial, conflict, one_sided
