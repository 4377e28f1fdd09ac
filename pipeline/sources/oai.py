"""arXiv by OAI-PMH: what changed on a day, as raw answers.

The `oaipmh-scythe` client speaks the protocol; our session carries it, so that pacing, retries and bounds are
those of the API door. Scythe repairs cut-off XML silently and would lose the rest of a list with it; here an
answer is read strictly before Scythe sees it. Not here: the formats (`parsing.oai`).
"""

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import httpx2
from oaipmh_scythe import Scythe
from oaipmh_scythe.exceptions import NoRecordsMatch
from oaipmh_scythe.iterator import OAIResponseIterator

from pipeline.sources.errors import (
    BadPageError,
    HttpStatusError,
    IncompleteWindowError,
    QueryRefusedError,
    SourceError,
    TokenLostError,
)
from pipeline.sources.http import HttpPolicy, PoliteSession, arxiv_pacer, base_url, media_type, redact
from pipeline.sources.pages import RawPage, Refuse, Source
from pipeline.sources.parsing.oai import OaiSummary, summarise_answer
from pipeline.sources.parsing.xml import PageError

logger = logging.getLogger(__name__)

PUBLIC_URL: Final = "https://oaipmh.arxiv.org"
EARLIEST: Final = date(2005, 9, 16)
"""arXiv's earliest datestamp; `from` before it is refused."""

RECORDS_A_PAGE: Final = 2_500
"""What arXiv puts on one page of a list."""

MetadataPrefix = Literal["arXivRaw", "arXiv"]
_NO_ROWS = "noRecordsMatch"
_LOST = "badResumptionToken"
_ERROR_STATUS = 400
_OWN_GROUP = frozenset({"cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"})


class OaiSource:
    """Asks arXiv's OAI-PMH service.

    Args:
        data: Folder whose processes share one arXiv connection; see `http.Pacer`.
        url: Base URL; a bare host gets `/oai`.
        policy: Patience and politeness.
        categories: Only papers in one of these (`cs.LG`); empty for all.
        refuse: Told about each answer that is not accepted, with the sentence why.
    """

    def __init__(
        self,
        data: Path,
        *,
        url: str = PUBLIC_URL,
        policy: HttpPolicy | None = None,
        categories: tuple[str, ...] = (),
        refuse: Refuse | None = None,
    ) -> None:
        endpoint = base_url(url, "/oai")
        policy = policy or HttpPolicy()
        session = PoliteSession(endpoint, policy, arxiv_pacer(endpoint, data, policy))
        self._client = _CheckedScythe(endpoint, session, policy, refuse)
        self._sets: tuple[str | None, ...] = tuple(sorted({set_of(category) for category in categories})) or (None,)

    def fetch(self, from_: date, until: date, metadata_prefix: MetadataPrefix = "arXivRaw") -> Iterator[RawPage]:
        """Yield the answers for all papers whose record changed on a day from `from_` to `until`, in UTC.

        Every day is a list of its own: a resumption token dies at midnight UTC, and papers edited meanwhile
        move. A day without changes gives one answer with no records. A paper may come twice; the newest
        version counts.

        Args:
            from_: Days before `EARLIEST` have no records and are skipped.
            until: Not after today, or the service refuses.
            metadata_prefix: `arXivRaw` has versions and submitter, `arXiv` has names split.

        Raises:
            SourceError: a list could not be completed.
        """
        window = f"{from_:%Y-%m-%d}/{until:%Y-%m-%d}"
        day = max(from_, EARLIEST)
        while day <= until:
            for set_ in self._sets:
                yield from self._whole_list(day, set_, metadata_prefix, window)
            day += timedelta(days=1)

    def _whole_list(self, day: date, set_: str | None, metadata_prefix: str, window: str) -> Iterator[RawPage]:
        """Read a list, once more from its start when its token dies on the way, as each does at midnight in UTC."""
        try:
            yield from self._list(day, set_, metadata_prefix, window)
        except TokenLostError as error:
            logger.warning("%s The list is read again from its start.", error)
            yield from self._list(day, set_, metadata_prefix, window)

    def _list(self, day: date, set_: str | None, metadata_prefix: str, window: str) -> Iterator[RawPage]:
        self._client.window = window
        identifiers: set[str] = set()
        received, size = 0, None
        tokens: set[str] = set()
        try:
            for _ in self._client.list_records(
                from_=day.isoformat(), until=day.isoformat(), metadata_prefix=metadata_prefix, set_=set_
            ):
                page, summary = self._client.answer
                received += page.received
                identifiers.update(summary.identifiers)
                size = summary.complete_list_size or size
                yield page
                if summary.resumption_token is None:
                    break
                if summary.resumption_token in tokens:
                    raise IncompleteWindowError(
                        f"arXiv's OAI-PMH repeats a resumption token in the list of {day}; try the day again."
                    )
                tokens.add(summary.resumption_token)
        except NoRecordsMatch:
            yield self._client.answer[0]
            return
        if size is not None and received < size:
            raise IncompleteWindowError(
                f"arXiv's OAI-PMH gave {received} of {size} records for {day}; try the day again."
            )
        logger.info("OAI-PMH list of %s: %d records, %d papers.", day, received, len(identifiers))


class _CheckedScythe(Scythe):
    """Scythe over our session, with each answer judged before Scythe reads it.

    Attributes:
        window: What the next answers are part of.
        answer: The last accepted answer, and what it says about itself.
    """

    answer: tuple[RawPage, OaiSummary]

    def __init__(
        self,
        endpoint: str,
        session: PoliteSession,
        policy: HttpPolicy,
        refuse: Refuse | None,
    ) -> None:
        super().__init__(endpoint, iterator=OAIResponseIterator)
        self.window = ""
        self._session = session
        self._policy = policy
        self._refuse = refuse

    def _request(self, query: dict[str, str]) -> httpx2.Response:
        """Send a query until its answer is a good one; Scythe's hook for one HTTP request.

        Scythe's own client has neither pacing nor a bound on the body, and waits any Retry-After out.
        """
        return self._policy.retrying(BadPageError)(self._try, query)

    def _try(self, query: dict[str, str]) -> httpx2.Response:
        response = self._session.get(self.endpoint, params=query)
        body = bytes(response.content)
        summary, problem = None, ""
        try:
            summary = summarise_answer(body)
        except PageError as error:
            problem = str(error)
        page = RawPage(
            source=Source.ARXIV_OAI,
            request=redact(str(response.url)),
            window=self.window,
            status=response.status_code,
            media_type=media_type(response),
            body=body,
            fetched_at=datetime.now(UTC),
            received=len(summary.identifiers) if summary else 0,
            total=summary.complete_list_size if summary else None,
        )
        objection = _objection(page, summary, problem)
        if objection is not None:
            if self._refuse is not None:
                self._refuse(page, str(objection))
            raise objection
        if summary is not None:
            self.answer = (page, summary)
        return httpx2.Response(
            200,
            content=body,
            headers={"Content-Type": "text/xml"},
            request=httpx2.Request("GET", self.endpoint),
        )


def _objection(page: RawPage, summary: OaiSummary | None, problem: str) -> SourceError | None:
    """Return why an answer is not accepted, or null."""
    if summary is not None and summary.error is not None:
        if summary.error == _NO_ROWS:
            return None
        kind = TokenLostError if summary.error == _LOST else QueryRefusedError
        return kind(
            f"arXiv's OAI-PMH refuses {page.request} with {summary.error} ({summary.detail[:200]});"
            " check the days, and read a day whose list was interrupted from its start."
        )
    if page.status >= _ERROR_STATUS:
        return HttpStatusError(
            f"arXiv's OAI-PMH answered {page.status} for {page.request}; check the address.",
            status=page.status,
        )
    if summary is None:
        return BadPageError(f"arXiv's OAI-PMH gave no good answer for {page.request}: {problem}", page=page)
    if not summary.identifiers:
        return BadPageError(
            f"arXiv's OAI-PMH gave a list without records for {page.request}; it should say {_NO_ROWS}.",
            page=page,
        )
    return None


def set_of(category: str) -> str:
    """Return the OAI set of a category: `cs.AI` is `cs:cs:AI`, `hep-lat` is `physics:hep-lat`."""
    archive, _, subject = category.partition(".")
    group = archive if archive in _OWN_GROUP else "physics"
    return ":".join((group, archive, subject) if subject else (group, archive) if group != archive else (group,))
