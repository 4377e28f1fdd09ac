"""What is wanted of an OpenAlex snapshot: works that join arXiv papers, and the people and places these works name."""

import hashlib
import re
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any, Final

from pydantic_core import from_json

from pipeline.snapshots.openalex import Wanted
from pipeline.sources.identifiers import normalise_doi, normalise_openalex_id
from pipeline.sources.openalex_records import OpenAlexWork

_DOI: Final = re.compile(rb'"doi"\s*:\s*"([^"]*)"')
_ID: Final = re.compile(rb"openalex\.org/(?:[a-z]+/)?([A-Za-z]\d+)")

EVERYTHING: Final = Wanted(may_be=lambda _: True, is_wanted=lambda _: True, digest="everything")
"""Every line."""


def works_of(arxiv_ids: AbstractSet[str], dois: AbstractSet[str]) -> Wanted:
    """Works with a published DOI, arXiv DOI or arXiv location of these papers.

    Args:
        arxiv_ids: Without versions.
        dois: Published ones, lower case.
    """
    return Wanted(
        may_be=partial(_may_join, dois=dois),
        is_wanted=partial(_joins, arxiv_ids=arxiv_ids, dois=dois),
        digest=_digest(arxiv_ids | dois),
    )


def things(ids: AbstractSet[str]) -> Wanted:
    """Authors or institutions with these ids."""
    return Wanted(may_be=partial(_may_be, ids=ids), is_wanted=partial(_is, ids=ids), digest=_digest(ids))


def _may_join(line: bytes, *, dois: AbstractSet[str]) -> bool:
    """A line that names arXiv, or has such a DOI, however that is escaped."""
    return b"arxiv" in line.lower() or any(
        b"\\" in doi or normalise_doi(doi.decode("utf-8", errors="replace")) in dois for doi in _DOI.findall(line)
    )


def _joins(line: bytes, *, arxiv_ids: AbstractSet[str], dois: AbstractSet[str]) -> bool:
    try:
        work = OpenAlexWork.model_validate(from_json(line))
    except ValueError:
        return True
    return work.arxiv_id in arxiv_ids or work.doi in dois


def _may_be(line: bytes, *, ids: AbstractSet[str]) -> bool:
    return b"\\/" in line or any(found.decode().upper() in ids for found in _ID.findall(line))


def _is(line: bytes, *, ids: AbstractSet[str]) -> bool:
    try:
        thing: Any = from_json(line)
    except ValueError:
        return True
    identifier = thing.get("id") if isinstance(thing, dict) else None
    return not isinstance(identifier, str) or normalise_openalex_id(identifier) in ids


def _digest(ids: AbstractSet[str]) -> str:
    return hashlib.sha256(",".join(sorted(ids)).encode()).hexdigest()[:16]
