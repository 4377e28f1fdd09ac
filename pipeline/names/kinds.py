"""What a printed name stands for: a person, a group, or nobody.

Here: the recognition of groups ("the ATLAS Collaboration", institutes) and placeholders ("et al.", "Anonymous").
Not here: the parts of a person's name (`parsing`).
"""

import re
from enum import StrEnum

__all__ = ["GROUP_WORDS", "PLACEHOLDER_WORDS", "NameKind", "group_name", "is_placeholder", "person_before_group"]


class NameKind(StrEnum):
    """What a printed name stands for."""

    PERSON = "person"
    GROUP = "group"
    PLACEHOLDER = "placeholder"


# A word among these makes the whole a group. Misspellings are those of real bylines.
GROUP_WORDS = frozenset(
    "collaboration collaborations collaboraton colaboration collabortion collatboration collabration collaborators "
    "collab collab. collaborative consortium consortia sub-consortium team teams co-team group groups subgroup "
    "subgroups taskforce task-force committee commission initiative network networks survey surveys institute institut "
    "institution instituto istituto university universität universitaet université universidad universita università "
    "college laboratory laboratories observatory society agency department dept dept. faculty center centre centres "
    "centers foundation association council academy inc inc. ltd ltd. gmbh llc corporation corp corp. company alliance "
    "coalition facility programme program project projects experiment experiments investigators contributors "
    "participants developers organizers organisers secretariat ministry unit division panel community contributor "
    "builders staff experimentalists workshop school partnership proto-collaboration r&d laboratoire collège physikalisches "
    "hospital clinic trust federation bureau press".split()
)  # fmt: skip

# Of those, words that people are also called: a group only with "the"/"for" before or another sign.
_SURNAMES_TOO = frozenset("press school unit trust college staff division".split())

_LEAD = re.compile(
    r"^(?:(?:presented\s+by|on\s+behalf\s+of|representing|for|with|from|in\s+collaboration\s+with|and|by)\s+)*"
    r"(?:the\s+)*",
    re.IGNORECASE,
)
_BEHALF = re.compile(r"^(?:on\s+behalf\s+of|representing|for|in\s+collaboration\s+with)\s+(?:the\s+)*(?=\S)", re.IGNORECASE)
# "the MUSE", "the 3D-HST", "The BaBar": an article before anything but a given name "The" (Vietnamese).
_ARTICLE = re.compile(r"^(?:the\s+\S|The\s+(?:\S*\d|\S*[a-z]\S*[A-Z]|[A-Z]{2,}))")
_ACRONYM = re.compile(r"^(?=.*\d)(?=.*[A-Z])[A-Z][\w/+\-]*[A-Z\d][\w/+\-]*$")
# Company and laboratory names of one word: OpenAI, DeepSeek-AI, Meta-FAIR.
_COMPANY = re.compile(r"^(?:[A-Z][A-Za-z]+-?AI|[A-Z][a-z]+-[A-Z]{2,})$")
_SPELT_OUT = re.compile(r"^H\.\s*E\.\s*S\.\s*S\.?$")
_WORD = re.compile(r"[^\s,;:()/]+")
# "Kevin Meagher for the VERITAS Collaboration"
_PERSON_FOR = re.compile(
    r"^(?P<person>.+?)[\s,;:]+[\"'(]*(?:on\s+behalf\s+of|for|representing|in\s+collaboration\s+with|"
    r"and\s+the|with\s+the|of\s+the|from\s+the)\b[\"']*\s*(?P<group>.*)$"
)
_GROUP_COLON_PERSON = re.compile(r"^(?P<group>[^:]+):\s*(?P<person>\S.*)$")

PLACEHOLDER_WORDS = frozenset(
    "anonymous anon anonym author authors unknown others other editor editors eds ed none null nan na nil tba tbd "
    "deceased keywords collaborators al various untitled et".split()
)
_PLACEHOLDER = re.compile(
    r"^(?:(?:and\s+)?(?:many\s+|all\s+|the\s+)?others?|an?on(?:ymous|ym)?(?:\s+authors?)?|(?:the\s+|all\s+|co-?)?authors?"
    r"|(?:and\s+)?et\.?\s*al(?:ii|ia)?|unknown(?:\s+authors?)?|(?:the\s+)?editors?|eds?|others?\s+collaborators|n/?a|none|null|nan"
    r"|tb[ad]|deceased|keywords|so on|and so on|in particular|various(?:\s+authors?)?|no\s+authors?(?:\s+listed)?|not available"
    r"|\d+\s+pages|uuencoded.*|this paper|title|abstract|first author|second author|corresponding author|name)$",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]")


def is_placeholder(text: str) -> bool:
    """Tell whether `text` (clean) names nobody: punctuation, digits, one Latin letter, "et al.", "Anonymous"."""
    letters = _LETTERS.findall(text)
    if len(letters) < 2:  # noqa: PLR2004 - a lone letter identifies nobody, unless it is a word (Han)
        return not letters or letters[0] < "\u0250"
    return _PLACEHOLDER.match(text.strip(" .:;,-–—'\"()[]*")) is not None


def group_name(text: str) -> str | None:
    """Return the name of the group that `text` (clean) is, without "for the"; null when it is no group."""
    words = [word.lower() for word in _WORD.findall(text)]
    signs = GROUP_WORDS.intersection(words)
    lead = _LEAD.match(text)
    bare = text[lead.end() :] if lead else text
    led = bare != text
    if signs and (led or not signs <= _SURNAMES_TOO or len(words) > 2) and (len(words) > 1 or led):  # noqa: PLR2004
        return bare or text
    if _BEHALF.match(text) or _ARTICLE.match(text):
        return bare or text
    if _ACRONYM.match(text) or _COMPANY.match(text) or _SPELT_OUT.match(text):
        return text
    return None


def person_before_group(text: str) -> tuple[str, str] | None:
    """Split "A. Person for the X Collaboration" or "X Collaboration: A. Person" into (person, group); else null."""
    found = _PERSON_FOR.match(text) or _GROUP_COLON_PERSON.match(text)
    if found is None:
        return None
    person, group = found["person"].strip(" ,;:-"), found["group"].strip(" )\"'")
    words = {word.lower() for word in _WORD.findall(person)}
    if not words or GROUP_WORDS & words or is_placeholder(person) or words <= {"the", "and", "on", "behalf"}:
        return None
    if found.re is _GROUP_COLON_PERSON and group_name(group) is None:
        return None
    return person, group
