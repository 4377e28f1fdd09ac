"""The arXiv API: papers by day of submission or by id, as raw Atom pages.

The `arxiv` client builds the queries, sends them and parses the feeds. It does not say how many results there
are, and takes an HTML page, a cut-off feed, an error entry and an empty page for "no results"; here each of
these is found, asked again, and at last an error. Not here: the meaning of an entry (`parsing.atom`).
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import arxiv  # type: ignore[import-untyped]  # the client has no py.typed

from pipeline.sources.errors import BadPageError, HttpStatusError, IncompleteWindowError, QueryRefusedError
from pipeline.sources.http import HttpPolicy, PoliteSession, arxiv_pacer, base_url, media_type, redact
from pipeline.sources.identifiers import split_arxiv_id
from pipeline.sources.pages import RawPage, Refuse, Source
from pipeline.sources.parsing.atom import FeedSummary, summarise_feed
from pipeline.sources.parsing.xml import PageError

logger = logging.getLogger(__name__)

PUBLIC_URL: Final = "https://export.arxiv.org"
EARLIEST: Final = date(1986, 1, 1)
"""The year of arXiv's oldest dates of submission: papers that were sent in later are dated back to it."""
PAGE_SIZE: Final = 100
EASY_RESULTS: Final = 1_000
"""arXiv advises to stay below this many results per query; empty and short pages rise with the offset."""
MAX_RESULTS: Final = 30_000
"""arXiv refuses to page further (https://info.arxiv.org/help/api/user-manual.html)."""
WINDOW_TRIES: Final = 3
"""How often a window is read from its start when its pages do not add up, as they do when the index moves."""

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Span:
    """Minutes of submission, both ends included; neighbours share their common minute."""

    first: datetime
    last: datetime

    @property
    def query(self) -> str:
        return f"submittedDate:[{self.first:%Y%m%d%H%M} TO {self.last:%Y%m%d%H%M}]"

    @property
    def is_one_day(self) -> bool:
        return self.last - self.first <= _DAY

    def halves(self) -> tuple["_Span", "_Span"]:
        """Split at a day's end while there are several days, else at a minute."""
        step = _MINUTE if self.is_one_day else _DAY
        middle = self.first + (self.last - self.first) // step // 2 * step
        return _Span(self.first, middle), _Span(middle, self.last)


class ArxivSource:
    """Asks the arXiv API.

    Args:
        data: Folder whose processes share one arXiv connection; see `http.Pacer`.
        url: Base URL; a bare host gets `/api/query`.
        policy: Patience and politeness.
        categories: Only papers in one of these (`cs.LG`), cross-listed ones too; empty for all.
        page_size: Results per request, at most 2,000.
        refuse: Told about each page that is not accepted.
    """

    def __init__(
        self,
        data: Path,
        *,
        url: str = PUBLIC_URL,
        policy: HttpPolicy | None = None,
        categories: Sequence[str] = (),
        page_size: int = PAGE_SIZE,
        refuse: Refuse | None = None,
    ) -> None:
        endpoint = base_url(url, "/api/query")
        self._policy = policy or HttpPolicy()
        session = PoliteSession(endpoint, self._policy, arxiv_pacer(endpoint, data, self._policy))
        self._client = _CheckedClient(endpoint, session, self._policy, page_size, refuse)
        self._categories = tuple(sorted(set(categories)))
        self._refuse = refuse

    def fetch(self, since: date, until: date) -> Iterator[RawPage]:
        """Yield the pages of all papers first submitted from `since` to `until`, whole days in UTC.

        A window too large to page safely is halved, first by days, a single day beyond 30,000 papers by
        minutes; each window is yielded once its pages hold as many different papers as the API says there
        are. The query starts a minute early, because arXiv does not say whether a last minute includes its
        seconds: a paper of that minute may come with two days and never with none. Order is not relied on.

        Raises:
            SourceError: a window could not be completed; pages yielded before belong to complete windows, but
                the whole span is not.
        """
        window = f"{since:%Y-%m-%d}/{until:%Y-%m-%d}"
        first = datetime.combine(since, time(), tzinfo=UTC) - _MINUTE
        last = datetime.combine(until, time(23, 59), tzinfo=UTC)
        yield from self._span(_Span(first, last), window)

    def by_ids(self, identifiers: Iterable[str]) -> Iterator[RawPage]:
        """Yield the pages of these papers in their newest version; ids arXiv does not know are left out.

        Args:
            identifiers: arXiv ids in any spelling; versions are dropped, doubles too.

        Raises:
            QueryRefusedError: one of them is no arXiv id; a single one would spoil its whole page.
            SourceError: a page could not be had.
        """
        wanted = sorted({_canonical(identifier) for identifier in identifiers})
        window = f"ids:{hashlib.sha256(','.join(wanted).encode()).hexdigest()[:16]}"
        for start in range(0, len(wanted), PAGE_SIZE):
            yield from self._batch(wanted[start : start + PAGE_SIZE], window)

    def _span(self, span: _Span, window: str) -> Iterator[RawPage]:
        search = self._search(span.query)
        first = self._client.page(search, 0, window)
        total = first.total or 0
        bound = MAX_RESULTS if span.is_one_day else EASY_RESULTS
        if total > bound:
            if span.last - span.first <= _MINUTE:
                raise IncompleteWindowError(
                    f"arXiv has {total:,} papers for {span.query}, over {MAX_RESULTS:,}; limit the categories."
                )
            for half in span.halves():
                yield from self._span(half, window)
            return
        yield from self._complete(search, first, window)

    def _complete(self, search: arxiv.Search, first: RawPage, window: str) -> list[RawPage]:
        """Return all pages of a search, once they add up."""
        problem = ""
        for number in range(WINDOW_TRIES):
            pages = [first if number == 0 else self._client.page(search, 0, window)]
            found = set(summarise_feed(pages[0].body).identifiers)
            # The offset is what we have, not what came: an entry that came twice must not hide another.
            while (before := len(found)) < (pages[-1].total or 0):
                pages.append(self._client.page(search, before, window))
                found.update(summarise_feed(pages[-1].body).identifiers)
                if len(found) == before:
                    break
            total = pages[-1].total
            if len(found) == total:
                return pages
            entries = sum(page.received for page in pages)
            problem = f"{entries} entries with {len(found)} different papers for a total of {total}"
            logger.warning("arXiv gave %s for %s; reading it again.", problem, search.query)
            if self._refuse is not None:
                for page in pages:
                    self._refuse(page, f"Its window holds {problem}.")
        raise IncompleteWindowError(
            f"arXiv gave {problem} for {search.query or 'a list of ids'}, {WINDOW_TRIES} times; try again later."
        )

    def _batch(self, identifiers: list[str], window: str) -> Iterator[RawPage]:
        search = arxiv.Search(id_list=identifiers, max_results=None)
        try:
            first = self._client.page(search, 0, window)
            is_whole = len(identifiers) == 1 or first.received == len(identifiers)
            pages = [first] if is_whole else self._complete(search, first, window)
        except (BadPageError, IncompleteWindowError):
            if len(identifiers) == 1:
                raise
            # An id that does not exist may be counted in the total and have no entry (autobib issue 183).
            middle = len(identifiers) // 2
            yield from self._batch(identifiers[:middle], window)
            yield from self._batch(identifiers[middle:], window)
            return
        yield from pages

    def _search(self, query: str) -> arxiv.Search:
        if self._categories:
            query = f"({' OR '.join(f'cat:{category}' for category in self._categories)}) AND {query}"
        return arxiv.Search(
            query,
            max_results=None,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Ascending,
        )


class _CheckedClient(arxiv.Client):  # type: ignore[misc]  # untyped base
    """The `arxiv` client over our session, with each page judged before it counts."""

    def __init__(
        self, endpoint: str, session: PoliteSession, policy: HttpPolicy, page_size: int, refuse: Refuse | None
    ) -> None:
        # The session paces and retries; the client's own delay knows one process, its retries no Retry-After.
        super().__init__(page_size=page_size, delay_seconds=0.0, num_retries=0)
        self.query_url_format = endpoint.replace("{", "{{").replace("}", "}}") + "?{}"
        self._session: PoliteSession = session
        self._policy = policy
        self._refuse = refuse

    def page(self, search: arxiv.Search, offset: int, window: str) -> RawPage:
        """Ask for one page until it is a good one.

        Raises:
            BadPageError: it never was.
            SourceError: no answer, or an error status.
        """
        url = self._format_url(search, offset, self.page_size)
        lone_identifier = len(search.id_list) == 1 and not search.query
        try:
            return self._policy.retrying(BadPageError)(self._try, url, window, offset)
        except BadPageError as error:
            if lone_identifier and error.page.status == _OK and _is_empty_feed(error.page.body):
                logger.warning("arXiv counts %s but has no entry for it; taken for unknown.", search.id_list[0])
                return error.page
            raise

    def _try(self, url: str, window: str, offset: int) -> RawPage:
        try:
            feed = self._parse_feed(url, first_page=True)
        except arxiv.HTTPError as error:
            page = self._landed(url, window, None)
            self._report(page, sentence := _status_sentence(error.status, page))
            if error.status == _BAD_REQUEST:
                raise QueryRefusedError(sentence) from error
            raise HttpStatusError(sentence, status=error.status) from error
        try:
            summary = summarise_feed(self._body())
        except PageError as error:
            page = self._landed(url, window, None)
            raise self._bad(page, str(error)) from error
        page = self._landed(url, window, summary)
        if problem := _problem(summary, feed, offset):
            raise self._bad(page, problem)
        return page

    def _bad(self, page: RawPage, problem: str) -> BadPageError:
        self._report(page, problem)
        return BadPageError(f"arXiv gave no good page for {page.request}: {problem}", page=page)

    def _report(self, page: RawPage, sentence: str) -> None:
        if self._refuse is not None:
            self._refuse(page, sentence)

    def _body(self) -> bytes:
        return bytes(self._session.last.content) if self._session.last is not None else b""

    def _landed(self, url: str, window: str, summary: FeedSummary | None) -> RawPage:
        answer = self._session.last
        return RawPage(
            source=Source.ARXIV_ATOM,
            request=redact(url),
            window=window,
            status=answer.status_code if answer is not None else 0,
            media_type=media_type(answer) if answer is not None else "",
            body=self._body(),
            fetched_at=datetime.now(UTC),
            received=summary.entries if summary else 0,
            total=summary.total if summary else None,
        )


_OK = 200
_BAD_REQUEST = 400


def _problem(summary: FeedSummary, feed: arxiv.ParsedFeed, offset: int) -> str | None:
    """Say why a well-formed feed is no good page, or return null.

    Entries that the client skips are no reason: they are on the page, are counted in `entries`, and become
    rejects.
    """
    if summary.errors:
        return f"it holds an error entry ({'; '.join(summary.errors)[:200]})."
    if feed.malformed:
        return "the arxiv client cannot parse it."
    if summary.total is None:
        return "it does not say how many results there are."
    if not summary.entries and offset < summary.total:
        return f"it is empty at offset {offset} of {summary.total} results."
    return None


def _is_empty_feed(body: bytes) -> bool:
    try:
        summary = summarise_feed(body)
    except PageError:
        return False
    return not summary.entries and not summary.errors


def _status_sentence(status: int, page: RawPage) -> str:
    try:
        errors = "; ".join(summarise_feed(page.body).errors)
    except PageError:
        errors = ""
    said = f" ({errors[:200]})" if errors else ""
    return f"arXiv answered {status} for {page.request}{said}; check the query."


def _canonical(identifier: str) -> str:
    canonical, _ = split_arxiv_id(identifier)
    if canonical is None:
        raise QueryRefusedError(f"{identifier[:80]!r} is no arXiv id; write it as 0704.0001 or math/0309136.")
    return canonical
