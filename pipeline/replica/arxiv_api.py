"""The arXiv Atom API: from request parameters to a feed.

Belongs here: reading and checking parameters, paging, limits. The search language is in `query`, its meaning
in `search`, the feed in `atom`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.replica.atom import Entry, Request, error_feed, feed
from pipeline.replica.faults import Fault
from pipeline.replica.papers import Paper, Papers, split_version, spoilt
from pipeline.replica.query import QuerySyntaxError, parse
from pipeline.replica.search import matching, ordered

MAX_PAGE = 2_000
"""Results of one response, whatever `max_results` says (https://info.arxiv.org/help/api/user-manual.html)."""
MAX_RESULTS = 30_000
"""Results of one query over all its pages; beyond it arXiv answers 400 (same manual)."""
DEFAULT_PAGE = 10

_SORT_BY = ("relevance", "lastUpdatedDate", "submittedDate")
_SORT_ORDER = ("ascending", "descending")
_MEDIA_TYPE = "application/atom+xml; charset=utf-8"


class RefusedError(ValueError):
    """A request arXiv refuses; the message is the error entry's summary."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, media type and body of a response."""

    status: int
    body: bytes
    media_type: str = _MEDIA_TYPE


class ArxivApi:
    """Answers `/api/query`.

    Args:
        papers: What is served.
        clock: The present moment, for the feed's `updated`.
    """

    def __init__(self, papers: Papers, clock: Callable[[], datetime]) -> None:
        self._papers = papers
        self._clock = clock

    def answer(self, parameters: Mapping[str, str], fault: Fault | None = None) -> Answer:
        """The feed for a request, 400 and an error entry when it is malformed."""
        if fault is Fault.ERROR_ENTRY:
            return Answer(200, error_feed("Internal error: the query could not be run", self._clock()))
        try:
            request = _request(parameters)
            sort_by = _choice(parameters, "sortBy", _SORT_BY, default="relevance")
            sort_order = _choice(parameters, "sortOrder", _SORT_ORDER, default="descending")
            found = self._found(request, sort_by, sort_order)
        except (RefusedError, QuerySyntaxError) as refusal:
            return Answer(400, error_feed(str(refusal), self._clock()))
        size = min(request.max_results, MAX_PAGE)
        page = spoilt(found[request.start : request.start + size], fault)
        entries = [Entry(paper, self._papers.line(paper), version) for paper, version in page]
        return Answer(200, feed(request, entries, len(found), self._clock()))

    def _found(self, request: Request, sort_by: str, sort_order: str) -> list[tuple[Paper, int]]:
        asked = self._listed(request.id_list) if request.id_list else None
        if request.search_query:
            among = None if asked is None else [paper for paper, _ in asked]
            papers = matching(self._papers, parse(request.search_query), among)
        elif asked is not None and sort_by == "relevance":
            return asked
        else:
            papers = [paper for paper, _ in asked or ()]
        versions = {paper.arxiv_id: version for paper, version in asked or ()}
        return [
            (paper, versions.get(paper.arxiv_id, paper.latest_version))
            for paper in ordered(papers, sort_by, sort_order)
        ]

    def _listed(self, id_list: str) -> list[tuple[Paper, int]]:
        """Papers of an `id_list` in its order, each once, at the version asked for, unknown ones not."""
        found: dict[str, tuple[Paper, int]] = {}
        for written in filter(None, (part.strip() for part in id_list.split(","))):
            identified = split_version(written)
            if identified is None:
                raise RefusedError(f"incorrect id format for {written}")
            arxiv_id, version = identified
            paper = self._papers.by_id.get(arxiv_id)
            if paper is not None and (version or 1) <= paper.latest_version:
                found.setdefault(arxiv_id, (paper, version or paper.latest_version))
        return list(found.values())


def _request(parameters: Mapping[str, str]) -> Request:
    request = Request(
        search_query=parameters.get("search_query", "").strip(),
        id_list=parameters.get("id_list", "").strip(),
        start=_count(parameters, "start", default=0),
        max_results=_count(parameters, "max_results", default=DEFAULT_PAGE),
    )
    if request.start + request.max_results > MAX_RESULTS:
        raise RefusedError(
            f"start and max_results must not go beyond {MAX_RESULTS} results; ask for a narrower date range"
        )
    return request


def _count(parameters: Mapping[str, str], name: str, *, default: int) -> int:
    written = parameters.get(name, "").strip()
    if not written:
        return default
    try:
        count = int(written)
    except ValueError:
        raise RefusedError(f"{name} must be an integer") from None
    if count < 0:
        raise RefusedError(f"{name} must be non-negative")
    return count


def _choice(parameters: Mapping[str, str], name: str, allowed: tuple[str, ...], *, default: str) -> str:
    written = parameters.get(name, "") or default
    if written not in allowed:
        raise RefusedError(f"{name} must be in: {', '.join(allowed)}")
    return written
