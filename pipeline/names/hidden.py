"""A name that its bearer does not want shown: which printed names are it, and texts with another in its place.

Here: comparing printed names and texts with one such name. Not here: whose name it is, or which tables print it.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from anyascii import anyascii

from pipeline.names.folding import fold
from pipeline.names.parsing import ParsedName, parse_name

__all__ = ["HiddenName"]

_APOSTROPHES = frozenset("'`")
_COMMA = re.compile("[,\uff0c\u3001]")


@dataclass(frozen=True)
class HiddenName:
    """A name as somebody wrote it, in every form in which it may be printed.

    Attributes:
        printed: The name as written.
        keep: Longer names that hold this one and stay ("Mary J. Smith" where "J. Smith" is hidden).
    """

    printed: str
    keep: frozenset[str] = field(default=frozenset())

    @cached_property
    def forms(self) -> frozenset[str]:
        """The folded forms: as written, and given or family name first; none if the name has no letter."""
        name = parse_name(self.printed)
        orders = (self.printed, f"{name.given or ''} {name.family or ''}", f"{name.family or ''} {name.given or ''}")
        return frozenset(fold(order) for order in (*orders, name.inverted)) - {""}

    @cached_property
    def words(self) -> frozenset[frozenset[str]]:
        """The words of each form: a text with the name holds all of one of these."""
        return frozenset(frozenset(form.split()) for form in self.forms)

    @property
    def is_telling(self) -> bool:
        """Whether the name is more than one word, so that a text with it speaks of a person."""
        return all(" " in form for form in self.forms)

    def is_name(self, raw_name: str | None, given: str | None = None, family: str | None = None) -> bool:
        """Whether a printed name is this one, suffixes, titles, accents and order aside."""
        name = parse_name(raw_name or "")
        printed = (raw_name or "", f"{name.given or ''} {name.family or ''}", f"{given or ''} {family or ''}")
        return any(fold(form) in self.forms for form in printed)

    def is_in(self, text: str) -> bool:
        """Whether a text prints the name anywhere but inside a name that stays."""
        return bool(self._spans(text))

    def replaced(self, text: str, shown: ParsedName) -> str:
        """The text with another name wherever it prints this one, given name first or last as there."""
        parts, end = [], 0
        for start, stop, is_inverted in self._spans(text):
            parts += [text[end:start], shown.inverted if is_inverted else shown.raw]
            end = stop
        return "".join([*parts, text[end:]])

    def _spans(self, text: str) -> list[tuple[int, int, bool]]:
        """Where the name stands: start and end in the text, and whether a comma says that the family name is first."""
        # Most texts hold no form, and this is the quick way to see it; texts are too many to be kept by the cache.
        once = fold.__wrapped__(text)
        if not any(form in once for form in self.forms):
            return []
        folded, places, edges = _folded_with_places(text)
        kept = [span for form in self.keep for span in _occurrences(form, folded, edges)]
        found = [span for form in self.forms for span in _occurrences(form, folded, edges)]
        spans: list[tuple[int, int, bool]] = []
        for start, stop in sorted(found, key=lambda span: (span[0], -span[1])):
            begin, end = places[start], _end_of_letter(text, places[stop - 1])
            is_kept = any(left <= start and stop <= right for left, right in kept)
            if not is_kept and (not spans or begin >= spans[-1][1]):
                spans.append((begin, end, _COMMA.search(text[begin:end]) is not None))
        return spans


def _folded_with_places(text: str) -> tuple[str, list[int], frozenset[int]]:
    """`fold(text)`; where in the text each of its letters came from; and where in it a word may begin or end.

    An apostrophe is such a place too, though `fold` drops it: "Ann Lee's" holds the name "Ann Lee".
    """
    letters: list[str] = []
    places: list[int] = []
    edges = {0}
    for place, character in enumerate(text):
        ascii_ = character if character.isascii() else anyascii(character.casefold())
        for letter in ascii_.lower():
            if letter in _APOSTROPHES:
                edges.add(len(letters))
            elif letter.isalnum():
                letters.append(letter)
                places.append(place)
            elif letters and letters[-1] != " ":
                edges |= {len(letters), len(letters) + 1}
                letters.append(" ")
                places.append(place)
    if letters and letters[-1] == " ":
        letters.pop()
    return "".join(letters), places, frozenset(edges | {len(letters)})


def _occurrences(form: str, folded: str, edges: frozenset[int]) -> list[tuple[int, int]]:
    """Where a folded form stands as whole words."""
    found = []
    start = folded.find(form)
    while start >= 0:
        stop = start + len(form)
        if start in edges and stop in edges:
            found.append((start, stop))
        start = folded.find(form, start + 1)
    return found


def _end_of_letter(text: str, place: int) -> int:
    """The end of the letter at a place, with the marks that combine with it."""
    end = place + 1
    while end < len(text) and not text[end].isascii() and not anyascii(text[end]):
        end += 1
    return end
