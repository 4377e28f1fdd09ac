"""Atom feeds of the arXiv API, read in full: the `arxiv` client keeps less than the feed has.

Here: one feed in, its records out. Not here: whether the feed answers the question that was asked
(`sources.arxiv`).
"""

import contextlib
from dataclasses import dataclass
from datetime import date

from lxml import etree
from pydantic import ValidationError

from pipeline.sources.identifiers import split_arxiv_id
from pipeline.sources.pages import ParsedPage, Reject
from pipeline.sources.parsing.arxiv_fields import arxiv_record, iso_date
from pipeline.sources.parsing.xml import PageError, all_text, excerpt, read_xml, text_of, whole_number
from pipeline.sources.records import ArxivRecord, RuleBrokenError, rejected

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}
_FEED = f"{{{_NAMESPACES['atom']}}}feed"
_ERROR_MARK = "/api/errors"


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """What a feed says about itself.

    Attributes:
        total: `opensearch:totalResults`, null when it has none or it is no number.
        entries: Entries on the page, error entries among them.
        errors: What the error entries say.
        identifiers: The ids of the other entries, without version, in page order; as written where
            unreadable.
    """

    total: int | None
    entries: int
    errors: tuple[str, ...]
    identifiers: tuple[str, ...]


def summarise_feed(body: bytes) -> FeedSummary:
    """Read what is needed to tell a good page from a bad one.

    Raises:
        PageError: the bytes are no Atom feed.
    """
    entries = _entries(root := _feed(body))
    errors = [entry for entry in entries if _is_error(entry)]
    return FeedSummary(
        total=whole_number(text_of(root, "opensearch:totalResults", _NAMESPACES)),
        entries=len(entries),
        errors=tuple(" ".join((text_of(entry, "atom:summary", _NAMESPACES) or "").split()) for entry in errors),
        identifiers=tuple(_identifier(entry) for entry in entries if not _is_error(entry)),
    )


def parse_atom(body: bytes) -> ParsedPage[ArxivRecord]:
    """Read a feed. An entry without a publication date is a reject, not silently skipped.

    Raises:
        PageError: the bytes are no Atom feed.
    """
    records: list[ArxivRecord] = []
    rejects: list[Reject] = []
    for entry in _entries(_feed(body)):
        try:
            records.append(_record(entry))
        except (RuleBrokenError, ValidationError) as error:
            rejects.append(rejected(error, text_of(entry, "atom:id", _NAMESPACES), excerpt(entry)))
    return ParsedPage(records, rejects)


def submission_days(body: bytes) -> dict[str, date]:
    """ArXiv id -> UTC day of first submission, of every entry that says so, whether it keeps the rules or not."""
    days = {}
    for entry in _entries(_feed(body)):
        with contextlib.suppress(RuleBrokenError):
            days[_identifier(entry)] = iso_date(text_of(entry, "atom:published", _NAMESPACES) or "").date()
    return days


def _feed(body: bytes) -> etree._Element:
    root = read_xml(body)
    if root.tag != _FEED:
        raise PageError(f"The answer is XML but no Atom feed: its root is {root.tag}.")
    return root


def _entries(root: etree._Element) -> list[etree._Element]:
    return root.findall("atom:entry", _NAMESPACES)


def _is_error(entry: etree._Element) -> bool:
    return _ERROR_MARK in (text_of(entry, "atom:id", _NAMESPACES) or "")


def _identifier(entry: etree._Element) -> str:
    written = (text_of(entry, "atom:id", _NAMESPACES) or "").strip()
    return split_arxiv_id(written)[0] or written


def _record(entry: etree._Element) -> ArxivRecord:
    identifier, version = split_arxiv_id(text_of(entry, "atom:id", _NAMESPACES) or "")
    if identifier is None:
        raise RuleBrokenError("bad_arxiv_id", "The entry's id is no arXiv id.")
    published = text_of(entry, "atom:published", _NAMESPACES)
    if published is None:
        raise RuleBrokenError("bad_date", "The entry has no date of publication.")
    first = iso_date(published)
    last = iso_date(text_of(entry, "atom:updated", _NAMESPACES) or published)
    versions = [{"version": 1, "submitted_at": first}]
    if version is not None and version > 1:
        versions.append({"version": version, "submitted_at": last})
    primary, categories = _categories(entry)
    return arxiv_record(
        arxiv_id=identifier,
        version=version,
        title=text_of(entry, "atom:title", _NAMESPACES) or "",
        abstract=text_of(entry, "atom:summary", _NAMESPACES),
        comments=text_of(entry, "arxiv:comment", _NAMESPACES),
        journal_ref=text_of(entry, "arxiv:journal_ref", _NAMESPACES),
        doi=text_of(entry, "arxiv:doi", _NAMESPACES),
        authors=[_author(author) for author in entry.iterfind("atom:author", _NAMESPACES)],
        categories=categories,
        primary_category=primary,
        first_submitted_at=first,
        last_updated_at=last,
        versions=versions,
    )


def _author(author: etree._Element) -> dict[str, object]:
    affiliations = (all_text(found) for found in author.iterfind("arxiv:affiliation", _NAMESPACES))
    return {
        "name": text_of(author, "atom:name", _NAMESPACES) or "",
        "affiliations": [affiliation for affiliation in affiliations if affiliation.strip()],
    }


def _categories(entry: etree._Element) -> tuple[str | None, str]:
    """Return the primary category, and all of them with the primary first."""
    terms = [term for found in entry.iterfind("atom:category", _NAMESPACES) if (term := found.get("term"))]
    element = entry.find("arxiv:primary_category", _NAMESPACES)
    named = element.get("term") if element is not None else None
    primary = named or (terms[0] if terms else None)
    ordered = dict.fromkeys([primary, *terms] if primary else terms)
    return primary, " ".join(ordered)
