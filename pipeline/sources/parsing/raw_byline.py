"""The author string of arXivRaw as names with their affiliations, as arXiv itself splits it for its other doors.

Here: which bracket belongs to which name. Not here: where one name ends and the next begins (`pipeline.names`).
"""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.names import split_byline
from pipeline.text import clean

_ET_AL = re.compile(r"et\.?\s*al\b\.?", re.IGNORECASE)
_MARK = r"\d{1,3}|[a-z*†‡§]"
_MARKS = re.compile(rf"(?:{_MARK})(?:(?:\s*(?:,|;|&|\band\b)\s*|\s+)(?:{_MARK}))*", re.IGNORECASE)
_LEGEND = re.compile(rf"\(\s*({_MARK})\s*\)", re.IGNORECASE)


def raw_authors(byline: str) -> list[dict[str, Any]]:
    """Fields of `ArxivAuthor`, in printed order.

    A bracket belongs to all names since the bracket before it; marks in it ("1, 2") are looked up in the last bracket
    ("(1) Oxford, (2) Lisbon"). "et al." is no author, unless there is no other. Where the names of the parts are not
    those of the whole, no affiliations are read.
    """
    names = split_byline(byline)
    names = [name for name in names if not _ET_AL.fullmatch(name)] or names
    told = list(_told(clean(byline))) if "(" in byline else []
    if [name for name, _ in told] != names:
        return [{"name": name} for name in names]
    return [{"name": name, "affiliations": affiliations} for name, affiliations in told]


def _told(text: str) -> Iterator[tuple[str, list[str]]]:
    """Names but for "et al.", each with its affiliations."""
    parts = list(_parts(text))
    legend = _legend(parts[-1][1] if parts else "") or _legend(parts[-2][1] if len(parts) > 1 else "")
    waiting: list[str] = []
    for printed, bracket in parts:
        waiting += [name for name in split_byline(printed) if not _ET_AL.fullmatch(name)]
        if not bracket or _legend(bracket):
            continue
        group = split_byline(f"A. Name ({bracket})")[1:]
        if group:
            waiting += group
            continue
        yield from ((name, _looked_up(bracket, legend)) for name in waiting)
        waiting = []
    yield from ((name, []) for name in waiting)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Text and the content of the outermost bracket after it; the last may have none, or one that is not closed."""
    depth = begin = inside = 0
    for place, letter in enumerate(text):
        if letter == "(":
            inside = inside if depth else place
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
            if not depth:
                yield text[begin:inside], text[inside + 1 : place].strip()
                begin = place + 1
    yield text[begin : inside if depth else len(text)], text[inside + 1 :].strip() if depth else ""


def _legend(bracket: str) -> dict[str, str]:
    """Mark -> affiliation of a bracket that explains marks, else nothing."""
    if not _LEGEND.match(bracket):
        return {}
    _, *pairs = _LEGEND.split(bracket)
    return {mark.lower(): told.strip(" ,;.") for mark, told in zip(pairs[::2], pairs[1::2], strict=True)}


def _looked_up(bracket: str, legend: dict[str, str]) -> list[str]:
    """The affiliations a bracket tells or refers to."""
    if not _MARKS.fullmatch(bracket):
        return [bracket]
    return [told for mark in re.findall(_MARK, bracket.lower().replace("and", " ")) if (told := legend.get(mark))]
