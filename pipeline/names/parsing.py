"""The parts of a person's name.

Here: `parse_name`, which puts the other modules together, and what commas mean. Not here: the order of words
without commas (`order`), groups (`kinds`), East Asian scripts (`scripts`), bylines (`bylines`).
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.names import lexicon
from pipeline.names.affixes import is_degree, is_junior, suffix_in, without_suffix, without_titles
from pipeline.names.folding import fold
from pipeline.names.initials import is_initial
from pipeline.names.kinds import LONGEST_NAME, NameKind, group_name, is_placeholder, person_before_group
from pipeline.names.order import in_printed_order, is_particle
from pipeline.names.plain import is_plain
from pipeline.names.repair import drop_marks, drop_parentheses, repair
from pipeline.names.scripts import is_east_asian, part_scripts, split_east_asian

__all__ = ["ParsedName", "alternative_reading", "parse_name"]


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A printed name taken apart.

    Attributes:
        raw: The name as printed, untouched. given: Given names and initials in printed order, without
        particles; null for mononyms and groups. family: Family name with its particles ("di Matteo"); the
        name of a group; null for placeholders only. suffix: "Jr.", "III", ...; null when there is none.
        kind: Person, group or placeholder. other_script: The same name in an East Asian script when both
        were printed ("Wei Wang (王伟)"); else null.
    """

    raw: str
    given: str | None
    family: str | None
    suffix: str | None
    kind: NameKind
    other_script: str | None = None

    @property
    def inverted(self) -> str:
        """The form `Family, Suffix, Given`, which parses to the same parts; empty for placeholders."""
        return ", ".join(part for part in (self.family, self.suffix, self.given) if part)


@lru_cache(maxsize=1 << 16)
def parse_name(printed: str) -> ParsedName:
    """Take a printed name apart. Total: any string gives a result.

    Order: "Last, First", "Last, Jr., First", "Last, First, Jr." and "First Last, Jr." are told apart by
    their commas. Without a comma the last word is the family name, with the particles before it, unless
    the print shows otherwise: a family name in capitals ("WANG Wei"), initials at the end ("Ivanov A.
    B."), a suffix at the front ("Jr. Costello Daniel J.", as arXiv's API prints it), a Vietnamese surname
    at the front, a Russian patronymic at the end, an East Asian script. What no rule can see keeps the
    Western order: "He Yanzhang" gives family "Yanzhang" (see `alternative_reading`), and of two Spanish
    surnames only the last is the family name.

    A name with a group after it ("K. Meagher for the VERITAS Collaboration") is the person's;
    `split_byline` gives the group too. Notes, titles, degrees, footnote marks and affiliations in brackets
    are dropped. Text of more than `LONGEST_NAME` characters is no name: a placeholder.
    """
    if is_plain(printed):
        given, _, family = printed.rpartition(" ")
        return ParsedName(printed, given, family, None, NameKind.PERSON)
    return _settled(printed)


def alternative_reading(name: ParsedName) -> ParsedName | None:
    """Return the name read family first, when nothing in its print tells the order; else null.

    Only for persons of two or three full words of which the first is, and the last is not, a common
    romanised Chinese, Korean or Vietnamese surname ("He Yanzhang", "Kim Jong-Un"). `parse_name` keeps the
    Western order for these, as arXiv does; a resolver may compare both readings.
    """
    if name.kind is not NameKind.PERSON or name.given is None or name.family is None or name.suffix is not None:
        return None
    if "," in name.raw or is_east_asian(name.family):
        return None
    head, *rest = name.given.split()
    if len(rest) > 1 or fold(head) not in lexicon.ORDER_SURNAMES or fold(name.family) in lexicon.ORDER_SURNAMES:
        return None
    if any(is_initial(word) for word in (head, *rest, name.family)):
        return None
    return ParsedName(name.raw, " ".join((*rest, name.family)), head, None, name.kind, name.other_script)


def _settled(printed: str) -> ParsedName:
    """Parse until the inverted form gives the same parts again, which all but scrambled text does at once."""
    if len(printed) > LONGEST_NAME:
        return ParsedName(printed, None, None, None, NameKind.PLACEHOLDER)
    name = _parse(printed)
    for _ in range(_MAX_PASSES):
        again = _parse(name.inverted)
        if _same_parts(name, again):
            return name
        name = replace(again, raw=printed, other_script=name.other_script or again.other_script)
    return ParsedName(printed, None, None, None, NameKind.PLACEHOLDER)


_MAX_PASSES = 6


def _same_parts(a: ParsedName, b: ParsedName) -> bool:
    return (a.given, a.family, a.suffix, a.kind) == (b.given, b.family, b.suffix, b.kind)


def _parse(printed: str) -> ParsedName:
    text = repair(printed)
    if is_placeholder(text):
        return ParsedName(printed, None, None, None, NameKind.PLACEHOLDER)
    text, other_script = part_scripts(text)
    text = drop_parentheses(text)
    parted = person_before_group(text)
    if parted is not None:
        text = parted[0]
    elif (group := group_name(text)) is not None:
        return ParsedName(printed, None, group.strip(" ,;:"), None, NameKind.GROUP)
    text = drop_marks(text)
    if is_placeholder(text):
        return ParsedName(printed, None, None, None, NameKind.PLACEHOLDER)
    if is_east_asian(text):
        given, family = split_east_asian(text)
        return ParsedName(printed, given, family or text, None, NameKind.PERSON, other_script)
    given_words, family_words, suffix = _parts(text)
    family = " ".join(_SLIPPED_DOT_IN_FAMILY.sub(r"\1", word) for word in family_words).strip(" ,-")
    given = " ".join(_SLIPPED_DOT_IN_GIVEN.sub(r"\1", word) for word in given_words).strip(" ,-")
    if not family:
        given, family = "", given or text
    return ParsedName(printed, given or None, family, suffix, NameKind.PERSON, other_script)


# "Jeyakumar. M. K": a dot after a whole word. Given names may be abbreviated ("Alex.", "Mohd.", "Theod.").
_SLIPPED_DOT_IN_FAMILY = re.compile(r"([^\W\d_]{4,})\.")
_SLIPPED_DOT_IN_GIVEN = re.compile(r"([^\W\d_]{6,})\.")


def _parts(text: str) -> tuple[list[str], list[str], str | None]:
    """(given words, family words, suffix) of an alphabetic name; family is empty only if there is no word."""
    fields, suffix = _fields(text)
    if not fields:
        return [], [], suffix
    if not fields[1:]:
        words, tail = without_suffix(without_titles(fields[0]))
        given, family, front = in_printed_order(words)
        return given, family, suffix or tail or front
    family, family_suffix = without_suffix(fields[0])
    given, given_suffix = without_suffix(fields[1])
    given = without_titles(given)
    while given[1:] and given[-1].islower() and is_particle(given[-1]):  # "Beethoven, Ludwig van"
        family = [given.pop(), *family]
    return given, family, suffix or family_suffix or given_suffix


def _fields(text: str) -> tuple[list[list[str]], str | None]:
    """(words of every comma field that is part of the name, the suffix that a field was)."""
    fields = [field.split() for field in text.split(",") if field.strip()]
    kept, suffix = fields[:1], None
    for field in fields[1:]:
        found = suffix_in(field, late=bool(fields[2:]))
        if found is not None and not (is_junior(field) and not fields[2:] and not kept[0][1:]):  # "Rojas, Junior"
            suffix = suffix or found
        elif not is_degree(field, late=bool(kept[1:])):
            kept.append(field)
    return kept, suffix
