"""A raw author string taken apart into the names it prints.

Here: `split_byline`. Not here: what each name means (`parsing`), or affiliations, which are left out.
"""

import re

from pipeline.names import lexicon
from pipeline.names.kinds import GROUP_WORDS, LONGEST_NAME, group_name, is_placeholder, person_before_group
from pipeline.names.scripts import is_east_asian
from pipeline.text import clean

__all__ = ["split_byline"]

# Brackets whose content is a name of its own: "(for the ATLAS Collaboration)", "(The LIGO Team)".
_TEAM_WORDS = GROUP_WORDS & lexicon.word_set(
    "collaboration collaborations consortium consortia team teams group groups collab collab. colaboration"
)
_FOR = re.compile(r"^(?:on\s+behalf\s+of|representing|for)\s+(?:the\s+)?(?=\S)", re.IGNORECASE)
_NICKNAME = re.compile(r"^\"?[^\W\d_]+\"?$")

# "the ATLAS and CMS Collaborations" is one name.
_JOINT_GROUP = re.compile(
    r"\b(?:for|on behalf of|representing|the)\s[^,;:()]{1,80}?\s(and|&)\s[^,;:()]{1,80}?\b"
    r"(?:collaborations|teams|groups|consortia|experiments)\b",
    re.IGNORECASE,
)
_JOINT = "\x00"

_AND = re.compile(
    r"\s*[,;]?\s+['\"]?(?:and|und|AND|&)['\"]?\.?\s+(?=\S)|^\s*(?:and|&)\s+|\s+(?:and|&)\s*$|\s*&(?=[A-Z]\.)"
)
_ET_AL = re.compile(r"[,\s]+(?=et\.?\s+al\b)", re.IGNORECASE)
_COMMA = re.compile(r"\s*[,:\uff0c\u3001]\s*")
_SEMICOLON = re.compile(r"\s*[;\uff1b]\s*")
_INITIALS = re.compile(r"[^\W\d_](?:\.[ -]*[^\W\d_]|[ -]+[^\W\d_](?![^\W\d_]))*\.?")
_INITIAL_WORD = re.compile(r"(?:[^\W\d_]\.-?)+|[^\W\d_]")
_APPENDIX = re.compile(r",?\s+with\s+(?:an?\s+)?(?:appendix|appendices)\s+(?:by|from)\s+")


def split_byline(byline: str) -> list[str]:
    """Return the names that a raw author string prints, in printed order.

    Names are separated by commas, colons, semicolons and "and". Affiliations and notes in brackets are
    left out, but a group in brackets ("(for the CDF Collaboration)") or after a person ("A. Smith for the
    CDF Collaboration") is a name of its own. A suffix after a comma stays with its name. Commas inside
    names ("Smith, J., Brown, K." or "Smith, J.; Brown, K.") are seen when what stands between separators
    is all initials, or semicolons separate the names. "et al." is kept, as a name that `parse_name` calls
    a placeholder: the byline is known to be cut. Total; the empty string gives the empty list.
    """
    text = _without_brackets(clean(byline))
    text = _APPENDIX.sub(", ", text)
    text = _JOINT_GROUP.sub(lambda match: match[0].replace(f" {match[1]} ", f" {match[1]}{_JOINT}"), text)
    names: list[str] = []
    for part in _fields(text):
        name = " ".join(part.replace(_JOINT, " ").split()).strip(" ,;")
        for single in _ET_AL.sub("\x00", name).split("\x00"):
            parted = person_before_group(single) if len(single) <= LONGEST_NAME else None
            names.extend(parted if parted is not None and group_name(parted[1]) is not None else (single,))
    return [name for name in names if any(map(str.isalnum, name))]


def _without_brackets(text: str) -> str:
    """Drop bracketed text at any depth, but for groups, nicknames and names in another script.

    An unclosed bracket ends the byline; an unopened one is skipped.
    """
    if "(" not in text and ")" not in text:
        return text
    kept: list[str] = []
    depth = 0
    inside = 0
    begin = 0
    for index, letter in enumerate(text):
        if letter == "(":
            if depth == 0:
                kept.append(text[begin:index])
                inside = index + 1
            depth += 1
        elif letter == ")":
            if depth == 0:
                kept.append(text[begin:index])
                begin = index + 1
            elif depth == 1:
                kept.append(_bracketed(text[inside:index], text[index + 1 : index + 50]))
                begin = index + 1
            depth = max(depth - 1, 0)
    if depth == 0:
        kept.append(text[begin:])
    return " ".join("".join(kept).split())


def _bracketed(content: str, after: str) -> str:
    words = {word.strip(",.").lower() for word in content.split()}
    if _FOR.match(content) or words & _TEAM_WORDS:
        return f", {content.strip()}, "
    if is_east_asian(content) and "," not in content:
        return f"({content})"
    if _NICKNAME.match(content) and re.match(r"\s+[^\W\d_]", after) and not re.match(r"\s+and\b", after):
        return f"({content})"
    return " "


def _fields(text: str) -> list[str]:
    """Split at separators; inverted names come back as "Last, First"."""
    by_semicolon = [field for field in _SEMICOLON.split(text) if field]
    if len(by_semicolon) > 1:
        fields = [name for field in by_semicolon for name in _AND.split(field) if name]
        commas = [_joined_suffixes(_COMMA.split(field)) for field in fields]
        if not any(parts[2:] for parts in commas):  # "Last, First"
            return fields
        return [part for parts in commas for part in parts]
    parts = _joined_suffixes([part for field in _AND.split(text) if field for part in _COMMA.split(field) if part])
    if len(parts) > 1 and len(parts) % 2 == 0 and all(map(_INITIALS.fullmatch, parts[1::2])):
        families = parts[::2]
        if not any(_INITIAL_WORD.fullmatch(word) for family in families for word in family.split()):
            return [f"{family}, {given}" for family, given in zip(families, parts[1::2], strict=True)]
    return parts


def _joined_suffixes(parts: list[str]) -> list[str]:
    """Put a suffix that a comma cut off back to its name."""
    joined: list[str] = []
    for part in parts:
        key = part.strip().replace(".", "").lower()
        if joined and (key in lexicon.SUFFIXES or key in {"phd", "v"}) and not is_placeholder(joined[-1]):
            joined[-1] = f"{joined[-1]}, {part.strip()}"
        elif part.strip():
            joined.append(part)
    return joined
