"""What a printed name stands for: a person, a group, or nobody.

Here: the recognition of groups ("the ATLAS Collaboration", institutes) and placeholders ("et al.",
"Anonymous"). Not here: the parts of a person's name (`parsing`).
"""

import re
from enum import StrEnum

from pipeline.names.lexicon import word_set

__all__ = [
    "GROUP_WORDS",
    "LONGEST_NAME",
    "PLACEHOLDER_WORDS",
    "NameKind",
    "group_name",
    "is_placeholder",
    "person_before_group",
]


# Characters. The longest of 1.4 million names in arXiv is a group's with some 130; more is text, not a name.
LONGEST_NAME = 500


class NameKind(StrEnum):
    """What a printed name stands for."""

    PERSON = "person"
    GROUP = "group"
    PLACEHOLDER = "placeholder"


# A word among these makes the whole a group. Misspellings are those of real bylines.
GROUP_WORDS = word_set(
    "collaboration collaborations collaboraton colaboration collabortion collatboration "
    "collabration collaborators collab collab. collaborative consortium consortia sub-consortium "
    "team teams co-team group groups subgroup subgroups taskforce task-force committee commission "
    "initiative network networks survey surveys institute institut institution instituto istituto "
    "university universität universitaet université universidad universita università college "
    "laboratory laboratories observatory society agency department dept dept. faculty center "
    "centre centres centers foundation association council academy inc inc. ltd ltd. gmbh llc "
    "corporation corp corp. company alliance coalition facility programme program project "
    "projects experiment experiments investigators contributors participants developers "
    "organizers organisers secretariat ministry unit division panel community contributor "
    "builders staff experimentalists workshop school partnership proto-collaboration r&d "
    "laboratoire collège physikalisches hospital clinic trust federation bureau press union "
    "dipartimento departamento département fakultät facultad"
)

# Of those, words that people are also called (Nicolas Bureau, Michael F. Press, Mustafa Inc).
_SURNAMES_TOO = word_set(
    "press school unit trust college staff division bureau company center centers hospital corp "
    "inc academy clinic partnership union panel community"
)
# What shows that such a word is no surname: a connective, or capitals and digits that no given name has.
_CONNECTIVE = word_set("of for and & on in the at der di de für")
_ACRONYM_WORD = re.compile(r"^\S*(?:\d|[A-Z][A-Z]|[a-z][A-Z])")

_LEAD = re.compile(
    r"^(?:(?:presented\s+by|on\s+behalf\s+of|representing|for|with|from|in\s+collaboration\s+with|and|by)\s+)*"
    r"(?:the\s+)*",
    re.IGNORECASE,
)
_BEHALF = re.compile(
    r"^(?:on\s+behalf\s+of|representing|for|in\s+collaboration\s+with)\s+(?:the\s+)*(?=\S)", re.IGNORECASE
)
# "the MUSE", "the 3D-HST", "The BaBar": an article before anything but a given name "The" (Vietnamese).
_ARTICLE = re.compile(r"^(?:the\s+\S|The\s+(?:\S*\d|\S*[a-z]\S*[A-Z]|[A-Z]{2,}))")
# Experiments: E866, H1, BICEP2/Keck, NA61.
_ACRONYM = re.compile(r"^[A-Z][A-Z0-9]*\d[\w/+\-]*$")
# Company and laboratory names of one word: OpenAI, DeepSeek-AI, Meta-FAIR.
_COMPANY = re.compile(r"^(?:[A-Z][A-Za-z]+-?AI|[A-Z][a-z]+-[A-Z]{2,}|\w*[a-z0-9](?:Team|Collaboration|Group|Lab))$")
_SPELT_OUT = re.compile(r"^H\.\s*E\.\s*S\.\s*S\.?$")
_WORKING_GROUP = re.compile(r"^members of\b|\w \w*.* members$|\btask force\b|\bSWG$|\bWG[#-]?\d+$", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;:()/]+")
# "Kevin Meagher for the VERITAS Collaboration"
_PERSON_FOR = re.compile(
    r"^(?P<person>.+?)[\s,;:]+[\"'(]*(?:on\s+behalf\s+of|for|representing|in\s+collaboration\s+with|"
    r"and\s+the|with\s+the|of\s+the|from\s+the)\b[\"']*\s*(?P<group>.*)$"
)
_GROUP_COLON_PERSON = re.compile(r"^(?P<group>[^:]+):\s*(?P<person>\S.*)$")

PLACEHOLDER_WORDS = word_set(
    "anonymous anon anonym author authors unknown others other editor editors eds ed none null "
    "nan na tba tbd deceased keywords collaborators al various untitled et"
)
_PLACEHOLDER = re.compile(
    r"(?:and\s+)?(?:(?:many|all|the)\s+)?others?(?:\s+collaborators)?|(?:and\s+)?et\.?\s*al(?:ii|ia)?"
    r"|anon(?:ym(?:ous)?)?(?:\s+authors?)?|(?:(?:the|all|no|first|second|corresponding|various|unknown)\s+)?authors?"
    r"(?:\s+listed)?|co-?authors?|(?:the\s+)?editors?|eds|unknown|various|n/?a|none|null|tb[ad]|deceased|etc"
    r"|(?:and\s+)?so on|in particular|keywords|title|abstract|name|not available|this paper|uuencoded.*"
    r"|\d+\s+(?:pages|co-?authors)|ph\.?\s?d\.?\s+student"
    r"|(?:(?:senior|student|life)\s+)?(?:member|fellow)s?(?:,?\s+(?:ieee|acm|osa|optica|aps))?",
    re.IGNORECASE,
)
_NOT_A_NUMBER = frozenset({"nan", "NaN", "NAN"})  # "Nan" is a name
_LETTERS = re.compile(r"[^\W\d_]")


def is_placeholder(text: str) -> bool:
    """Tell whether `text` (clean) names nobody: punctuation, digits, a lone letter, "et al.", "Author"."""
    letters = _LETTERS.findall(text)
    if len(letters) <= 1:  # a lone letter identifies nobody, unless it is a word (Han)
        return not letters or (letters[0] < "\u0250" and _ACRONYM.match(text) is None)
    bare = text.strip(" .:;,-'\"()[]*")
    return bare in _NOT_A_NUMBER or _PLACEHOLDER.fullmatch(bare) is not None


def _may_be_surname(words: list[str]) -> bool:
    """Tell whether the last of `words`, one of `_SURNAMES_TOO`, may be the surname of a person."""
    given, last = words[:-1], words[-1].rstrip(",")
    if last.lower() not in _SURNAMES_TOO or not given:
        return False
    return not any(word.lower() in _CONNECTIVE or _ACRONYM_WORD.match(word) for word in given) and (
        last != "Inc" or len(given) == 1
    )


def _in_order(text: str) -> list[str]:
    """The words of a name, the family name last also where it is printed first ("Press, Michael F.")."""
    family, _, given = text.partition(",")
    return [*given.split(), *family.split()]


def group_name(text: str) -> str | None:
    """Return the name of the group that `text` (clean) is; null when it is no group.

    "for the" and the like are left out, but for one "the" where nothing else says it is a group ("the CDF").
    """
    words = [word.lower() for word in _WORD.findall(text)]
    signs = GROUP_WORDS.intersection(words)
    lead = _LEAD.match(text)
    bare = text[lead.end() :] if lead else text
    led = bare != text
    if signs and (led or not signs <= _SURNAMES_TOO or not _may_be_surname(_in_order(text))):
        return bare or text
    if bare and (_BEHALF.match(text) or _ARTICLE.match(text)):
        return f"the {bare}"
    if _ACRONYM.match(text) or _COMPANY.match(text) or _SPELT_OUT.match(text) or _WORKING_GROUP.search(text):
        return text
    return None


_NOT_A_PERSON = word_set("the and on with for from by in input presented members contributions representing")


def person_before_group(text: str) -> tuple[str, str] | None:
    """Split "A. Person for the X Collaboration" or "X Collaboration: A. Person"; else null.

    Returns:
        (person, group), as printed.
    """
    found = _PERSON_FOR.match(text) or _GROUP_COLON_PERSON.match(text)
    if found is None:
        return None
    person, group = found["person"].strip(" ,;:-"), found["group"].strip(" )\"'")
    words = {word.lower() for word in _WORD.findall(person)}
    if not words or GROUP_WORDS & words or is_placeholder(person) or person.split()[0].lower() in _NOT_A_PERSON:
        return None
    if found.re is _GROUP_COLON_PERSON and group_name(group) is None:
        return None
    return person, group
