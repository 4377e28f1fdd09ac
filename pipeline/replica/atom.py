"""Atom feeds of the arXiv API, element for element as the server of 2026 writes them.

Belongs here: papers and errors as feeds. Reading the request is in `arxiv_api`.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from lxml import etree

from pipeline.replica.accents import decoded
from pipeline.replica.markup import Element, child, legal, printed
from pipeline.replica.papers import Paper, authors_of, one_line, text_of, versions_of

ATOM = "http://www.w3.org/2005/Atom"
ARXIV = "http://arxiv.org/schemas/atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_NAMESPACES: dict[Any, str] = {"opensearch": OPENSEARCH, "arxiv": ARXIV, None: ATOM}


_FIRST_UNINDENTED_YEAR = 2009
"""Summaries of older papers begin with the two spaces of the raw abstract: so in real feeds up to April 2008,
no longer in September 2010."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, as the feed repeats it."""

    search_query: str
    id_list: str
    start: int
    max_results: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of a feed: its record and the version shown."""

    paper: Paper
    line: dict[str, Any]
    version: int


def feed(request: Request, entries: Sequence[Entry], total: int, now: datetime) -> bytes:
    """A page of results.

    Args:
        request: What was asked.
        entries: The papers of this page, in order.
        total: How many there are over all pages.
        now: The feed's `updated`.
    """
    asked = f"search_query={request.search_query}&id_list={request.id_list}"
    page = f"start={request.start}&max_results={request.max_results}"
    link = f"search_query={_url(request.search_query)}&{page}&id_list={_url(request.id_list)}"
    root = _root(
        f"https://arxiv.org/api/{_digest(f'{asked}&{page}')}",
        f"arXiv Query: {asked}&{page}",
        now,
    )
    child(root, _atom("link"), href=f"https://arxiv.org/api/query?{link}", type="application/atom+xml")
    _opensearch(root, per_page=request.max_results, total=total, start=request.start)
    for entry in entries:
        _entry(root, entry)
    return printed(root)


def error_feed(message: str, now: datetime) -> bytes:
    """The feed of a refused request: one entry titled Error that has no `published`."""
    anchor = f"https://arxiv.org/api/errors#{re.sub(r'[^0-9A-Za-z.:/-]+', '_', message)}"
    root = _root("https://arxiv.org/", "arXiv Search Results", now)
    _opensearch(root, per_page=1, total=1, start=0)
    entry = child(root, _atom("entry"))
    child(entry, _atom("id"), anchor)
    child(entry, _atom("title"), "Error")
    child(entry, _atom("updated"), _timestamp(now))
    child(entry, _atom("link"), href=anchor, rel="alternate", type="text/html")
    child(entry, _atom("summary"), message)
    child(child(entry, _atom("author")), _atom("name"), "arXiv api core")
    return printed(root)


def _root(feed_id: str, title: str, now: datetime) -> Element:
    root = etree.Element(_atom("feed"), nsmap=_NAMESPACES)
    child(root, _atom("id"), feed_id)
    child(root, _atom("title"), title)
    child(root, _atom("updated"), _timestamp(now))
    return root


def _opensearch(root: Element, *, per_page: int, total: int, start: int) -> None:
    for name, value in (("itemsPerPage", per_page), ("totalResults", total), ("startIndex", start)):
        child(root, f"{{{OPENSEARCH}}}{name}", str(value))


def _entry(root: Element, shown: Entry) -> None:
    paper, line = shown.paper, shown.line
    address = f"arxiv.org/%s/{paper.arxiv_id}v{shown.version}"
    versions = versions_of(line, paper)
    entry = child(root, _atom("entry"))
    child(entry, _atom("id"), f"http://{address % 'abs'}")
    child(entry, _atom("title"), _text(line, "title"))
    child(entry, _atom("updated"), _timestamp(versions[min(shown.version, len(versions)) - 1]["created"]))
    child(entry, _atom("link"), href=f"https://{address % 'abs'}", rel="alternate", type="text/html")
    child(
        entry,
        _atom("link"),
        href=f"https://{address % 'pdf'}",
        rel="related",
        type="application/pdf",
        title="pdf",
    )
    child(entry, _atom("summary"), _summary(decoded(text_of(line, "abstract")), paper))
    for category in paper.categories:
        child(entry, _atom("category"), term=category, scheme=ARXIV)
    child(entry, _atom("published"), _timestamp(paper.submitted_at))
    if comments := _text(line, "comments"):
        child(entry, _arxiv("comment"), comments)
    if paper.categories:
        child(entry, _arxiv("primary_category"), term=paper.categories[0])
    if journal := _text(line, "journal-ref"):
        child(entry, _arxiv("journal_ref"), journal)
    for author in authors_of(line):
        element = child(entry, _atom("author"))
        child(element, _atom("name"), one_line(decoded(author.printed)))
        for affiliation in author.affiliations:
            child(element, _arxiv("affiliation"), one_line(decoded(affiliation)))
    if doi := one_line(text_of(line, "doi")):
        child(entry, _arxiv("doi"), doi)
        for single in doi.split():
            child(entry, _atom("link"), rel="related", href=f"https://doi.org/{single}", title="doi")


def _text(line: dict[str, Any], key: str) -> str:
    return one_line(decoded(text_of(line, key)))


def _summary(abstract: str, paper: Paper) -> str:
    """Line breaks inside a paragraph become spaces; one that begins an indented paragraph stays."""
    indent = "  " if abstract.startswith("  ") and paper.submitted_at.year < _FIRST_UNINDENTED_YEAR else ""
    return indent + re.sub(r"\n(?! {2})", " ", abstract.strip())


def _digest(asked: str) -> str:
    """The feed's id: SHA-1 of what was asked in base 64 without padding, as in real feeds."""
    digest = hashlib.sha1(asked.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode().rstrip("=")


def _url(value: str) -> str:
    return quote(legal(value), safe=":,/[]()*", errors="replace")


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _arxiv(name: str) -> str:
    return f"{{{ARXIV}}}{name}"
