"""How far two given names agree.

Here: `GivenLevel` and `given_compatibility`, the ordered levels a resolver puts weights on. Not here: family
names, and the weights.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from pipeline.names.folding import fold
from pipeline.names.nicknames import are_nicknames, are_variants
from pipeline.names.scripts import is_east_asian

__all__ = ["GivenLevel", "given_compatibility"]


class GivenLevel(IntEnum):
    """How far two given names agree, from contradiction (0) to identity, as the weakest of their parts.

    Every level but `EXACT` is met by names that are not the same string; the order is that of the evidence
    they usually carry, so that a resolver may require "at least" a level.
    """

    INCOMPATIBLE = 0
    """The first names contradict each other: "Wei" and "Weiming", "E." and "Wei", "E. H." and "E. K."."""
    MIDDLE_CONFLICT = 1
    """The first names agree, the middle names contradict each other: "John A." and "John B."."""
    COMPOUND_PART = 2
    """One is a part of the other's hyphenated name: "Jean" and "Jean-Pierre", "Wei" and "Wei-Ming"."""
    MISSING = 3
    """At least one has no given name: no evidence either way."""
    FIRST_DROPPED = 4
    """One goes by the other's middle name: "Robert" and "J. Robert"."""
    INITIAL = 5
    """One initial agrees: "E." and "Ed H.", "E." and "E."."""
    INITIALS = 6
    """The first initial and another part agree: "E. H." and "Ed H.", "C.-P." and "Chien-Peng"."""
    NEAR = 7
    """First names a slip or another romanisation apart: "Sergey" and "Serguei", "Micheal" and "Michael"."""
    NICKNAME = 8
    """One is a short form of the other, or both are of one name: "Ed" and "Edward", "Bob" and "Rob"."""
    MIDDLE_MISSING = 9
    """Equal first names, one prints more middle names: "Ed" and "Ed H."."""
    MIDDLE_INITIAL = 10
    """Equal first names, middle names agree by initial: "Ed Huai" and "Ed H."."""
    RESPACED = 11
    """Equal but for hyphens and spaces: "Xiao-Ming", "Xiao Ming" and "Xiaoming"."""
    EXACT = 12
    """Equal full names once folded: "José" and "Jose", "Ed H." and "Ed H"."""


def given_compatibility(a: str | None, b: str | None) -> GivenLevel:
    """Return how far the given names `a` and `b` of two printed names agree. Symmetric and total.

    Args:
        a: `ParsedName.given` of the one; null or empty when it has none. Capitals and dots matter: "JA"
        may be the
            initials J. A. as well as a name, and the reading that agrees better counts; "Yu." is an
            abbreviation.
        b: The same of the other.
    """
    if not a or not b:
        return GivenLevel.MISSING
    return _compatibility(a, b) if a <= b else _compatibility(b, a)


class _Word(NamedTuple):
    """One word of a given name: its folded pieces between hyphens, each with whether it abbreviates."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def joined(self) -> str:
        return "".join(text for text, _ in self.pieces)

    @property
    def is_full(self) -> bool:
        return not any(short for _, short in self.pieces)

    @property
    def is_abbreviated(self) -> bool:
        return all(short for _, short in self.pieces)


_Words = tuple[_Word, ...]


@lru_cache(maxsize=1 << 17)
def _compatibility(a: str, b: str) -> GivenLevel:
    if is_east_asian(a) and is_east_asian(b):
        if a == b:
            return GivenLevel.EXACT
        return GivenLevel.NEAR if fold(a) == fold(b) else GivenLevel.INCOMPATIBLE
    readings_a, readings_b = _readings(a), _readings(b)
    if not readings_a or not readings_b:
        return GivenLevel.MISSING
    best = GivenLevel.INCOMPATIBLE
    for words_a, nick_a in readings_a:
        for words_b, nick_b in readings_b:
            level = _compare(words_a, words_b)
            best = max(best, level if nick_a == nick_b else min(level, GivenLevel.NICKNAME))
    return best


# --- readings ---------------------------------------------------------------------------------------------

_QUOTED = re.compile(r'"([^"]+)"')
_MAX_INITIALS_TOGETHER = 3
_MAX_ABBREVIATION = 4


@lru_cache(maxsize=1 << 17)
def _readings(given: str) -> tuple[tuple[_Words, bool], ...]:
    """The ways to read a given name, each with whether it is the nickname in quotes; may be none."""
    plain = _QUOTED.sub(" ", given)
    readings = [(_words(plain, together=False), False)]
    if any(_may_be_initials(word) for word in plain.split()):
        readings.append((_words(plain, together=True), False))
    readings.extend((_words(quoted, together=False), True) for quoted in _QUOTED.findall(given))
    return tuple((words, nick) for words, nick in readings if words)


def _may_be_initials(word: str) -> bool:
    return 1 < len(word) <= _MAX_INITIALS_TOGETHER and word.isupper() and word.isalpha()


def _words(text: str, *, together: bool) -> _Words:
    """The words of a name; with `together`, capitals like "JA" are read as initials run together."""
    words: list[_Word] = []
    for printed in text.split():
        if together and _may_be_initials(printed):
            words.extend(_Word(((fold(letter), True),)) for letter in printed if fold(letter))
            continue
        pieces: list[tuple[str, bool]] = []
        for piece in printed.split("-"):
            short = piece.endswith(".")
            pieces.extend(
                (token, len(token) == 1 or (short and len(token) <= _MAX_ABBREVIATION)) for token in fold(piece).split()
            )
        if pieces:
            words.append(_Word(tuple(pieces)))
    return tuple(words)


# --- comparison -------------------------------------------------------------------------------------------


def _compare(a: _Words, b: _Words) -> GivenLevel:
    if a == b:
        return _own_level(a)
    if _spaced_out(a) == _spaced_out(b) and all(word.is_full for word in (*a, *b)):
        return GivenLevel.RESPACED
    level = _in_order(*_merged(a, b))
    flat_a, flat_b = _flat(a), _flat(b)
    if len(flat_a) == len(flat_b) or all(word.is_abbreviated for word in a) or all(word.is_abbreviated for word in b):
        level = max(level, _in_order(flat_a, flat_b))
    return level


def _own_level(words: _Words) -> GivenLevel:
    """The level of a name with itself: initials that are equal are no more than initials."""
    if words[0].pieces[0][1]:
        return GivenLevel.INITIALS if len(_flat(words)) > 1 else GivenLevel.INITIAL
    return GivenLevel.EXACT


def _spaced_out(words: _Words) -> str:
    return "".join(word.joined for word in words)


def _flat(words: _Words) -> _Words:
    return tuple(_Word((piece,)) for word in words for piece in word.pieces)


def _merged(a: _Words, b: _Words) -> tuple[_Words, _Words]:
    """Join the first two words of one when together they are the first word of the other ("Xiao Ming J.")."""
    return _joined_to(a, b[0]), _joined_to(b, a[0])


def _joined_to(words: _Words, target: _Word) -> _Words:
    if len(words) > 1 and words[0].is_full and words[1].is_full and _spaced_out(words[:2]) == target.joined:
        return (_Word((*words[0].pieces, *words[1].pieces)), *words[2:])
    return words


def _in_order(a: _Words, b: _Words) -> GivenLevel:
    """Compare first word with first word, then the rest in order."""
    first, agreeing = _first_level(a[0], b[0])
    if first is GivenLevel.INCOMPATIBLE:
        return _first_dropped(a, b)
    rest, more = _rest_level(a[1:], b[1:])
    if first in (GivenLevel.INITIAL, GivenLevel.INITIALS):
        if rest is GivenLevel.MIDDLE_CONFLICT:
            return GivenLevel.INCOMPATIBLE
        return GivenLevel.INITIALS if agreeing + more > 1 else GivenLevel.INITIAL
    return min(first, rest)


def _first_level(a: _Word, b: _Word) -> tuple[GivenLevel, int]:
    """(level, number of pieces that agree) of two first words."""
    if a.is_full and b.is_full:
        return _full_level(a, b), 1
    agreeing = 0
    for one, other in zip(a.pieces, b.pieces, strict=False):
        if not _pieces_agree(one, other):
            return GivenLevel.INCOMPATIBLE, 0
        agreeing += 1
    if a.pieces[0][1] or b.pieces[0][1]:
        return (GivenLevel.INITIALS if agreeing > 1 else GivenLevel.INITIAL), agreeing
    same_length = len(a.pieces) == len(b.pieces)
    return (GivenLevel.MIDDLE_INITIAL if same_length else GivenLevel.COMPOUND_PART), agreeing


def _full_level(a: _Word, b: _Word) -> GivenLevel:
    if a.joined == b.joined:
        return GivenLevel.EXACT if a.pieces == b.pieces else GivenLevel.RESPACED
    if are_nicknames(a.joined, b.joined):
        return GivenLevel.NICKNAME
    if len(a.pieces) != len(b.pieces):
        short, long = sorted((a, b), key=lambda word: len(word.pieces))
        if len(short.pieces) == 1 and short.pieces[0] in long.pieces:
            return GivenLevel.COMPOUND_PART
    return GivenLevel.NEAR if _are_near(a.joined, b.joined) else GivenLevel.INCOMPATIBLE


def _first_dropped(a: _Words, b: _Words) -> GivenLevel:
    short, long = (a, b) if len(a) < len(b) else (b, a)
    if len(short) == len(long) or not short[0].is_full or short[0].joined != long[1].joined:
        return GivenLevel.INCOMPATIBLE
    conflict = _rest_level(short[1:], long[2:])[0] is GivenLevel.MIDDLE_CONFLICT
    return GivenLevel.INCOMPATIBLE if conflict else GivenLevel.FIRST_DROPPED


def _rest_level(a: _Words, b: _Words) -> tuple[GivenLevel, int]:
    """(level, number of words that agree) of what follows the first names; one may leave words out."""
    if a == b:
        return GivenLevel.EXACT, len(a)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    remaining = iter(long)
    for word in short:
        if not any(_words_agree(word, other) for other in remaining):
            return GivenLevel.MIDDLE_CONFLICT, 0
    return (GivenLevel.MIDDLE_INITIAL if len(a) == len(b) else GivenLevel.MIDDLE_MISSING), len(short)


def _words_agree(a: _Word, b: _Word) -> bool:
    if a.is_full and b.is_full:
        return _full_level(a, b) >= GivenLevel.NEAR
    return all(_pieces_agree(one, other) for one, other in zip(a.pieces, b.pieces, strict=False))


def _pieces_agree(a: tuple[str, bool], b: tuple[str, bool]) -> bool:
    """Equal, or one abbreviates the other: "e" and "ed", "yu" and "yuri", "md" and "mohammad"."""
    (text_a, short_a), (text_b, short_b) = a, b
    if text_a == text_b or are_variants(text_a, text_b):
        return True
    return (short_a and text_b.startswith(text_a)) or (short_b and text_a.startswith(text_b))


# --- nearly equal -----------------------------------------------------------------------------------------

# Syllables of pinyin. In names made of them one letter is a different name ("Xiaoming", "Xiaoping").
_PINYIN = re.compile(
    "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
    "(?:iang|iong|uang|iao|uai|uan|ian|[aeio]ng|ao|ai|ei|ou|[aeiu]n|i[aeu]|u[aoie]|[aeiou])"
    "|a(?:ng|n|i|o)?|e(?:ng|n|i|r)?|ou?)+"
)
# Spellings that romanisations disagree on, in order; both names are brought to one of them.
_ROMANISATIONS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("tsch|tch|cz", "ch"), ("sch|sz", "sh"), ("kh|x(?=h)", "h"), ("ph", "f"), ("dzh|zh|dj", "j"),
        ("th", "t"), ("gh|gu(?=[ei])", "g"), ("dh", "d"), ("ks", "x"), ("ck|q|c(?![hiey])", "k"),
        ("ou|oo|eo|eu|w(?=u)", "u"), ("^(?:ye|je|ie)(?=[a-z])", "e"), ("^(?:iou|yu|ju|iu)", "iu"),
        ("w", "v"), ("v", "f"), ("z", "s"), ("[yj]", "i"), ("ee|ei|ii+", "i"), ("(?<=[aeiou])h$", ""),
        (r"(.)\1", r"\1"),
    )
)  # fmt: skip
_MIN_SLIP_LENGTH = 5
_MIN_ROMANISED_LENGTH = 3
_VOWELS = frozenset("aeiouy")


def _are_near(a: str, b: str) -> bool:
    """Tell whether folded full names are one, romanised or mistyped in two ways; never if both are pinyin."""
    if are_variants(a, b):
        return True
    if _PINYIN.fullmatch(a) and _PINYIN.fullmatch(b):
        return False
    if min(len(a), len(b)) >= _MIN_ROMANISED_LENGTH and _romanised(a) == _romanised(b):
        return True
    return _is_slip(*sorted((a, b), key=lambda name: (len(name), name)))


def _is_slip(short: str, long: str) -> bool:
    """Tell whether one slip parts two names: a swap, another vowel, or in longer names a letter more.

    The first and the last letter must agree, for endings are where "Roberto" and "Roberta", "Christian" and
    "Christina" differ; another consonant is another name ("Erwin", "Edwin").
    """
    if len(short) < _MIN_SLIP_LENGTH or short[0] != long[0] or short[-1] != long[-1]:
        return False
    if OSA.distance(short, long, score_cutoff=1) > 1:
        return False
    if len(short) < len(long):
        return len(short) > _MIN_SLIP_LENGTH
    differing = [pair for pair in zip(short, long, strict=True) if pair[0] != pair[1]]
    return len(differing) > 1 or _VOWELS.issuperset(differing[0])


@lru_cache(maxsize=1 << 16)
def _romanised(name: str) -> str:
    for pattern, to in _ROMANISATIONS:
        name = pattern.sub(to, name)
    return name
