"""The traffic under pyalex: each answer judged, kept as a page, and paid for.

pyalex takes the host from its source code, makes a session without a timeout for each query, retries 429
inside the call until midnight, and throws the rate-limit headers away. All its requests pass through one
method, which is replaced here. Not here: which questions are asked (`openalex`).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pyalex  # type: ignore[import-untyped]  # the client has no py.typed
import requests

from pipeline.sources.budget import Budget
from pipeline.sources.errors import BadPageError, HttpStatusError, QueryRefusedError
from pipeline.sources.http import HttpPolicy, PoliteSession, media_type, redact
from pipeline.sources.pages import RawPage, Refuse, Source
from pipeline.sources.parsing.openalex import read_answer
from pipeline.sources.parsing.xml import PageError

NOT_FOUND: Final = 404
_ERROR_STATUS: Final = 400
_HOST: Final = "https://api.openalex.org"


class Exchange:
    """One question's traffic: each answer is judged, kept as a page, and paid for."""

    def __init__(
        self,
        *,
        base: str,
        session: PoliteSession,
        policy: HttpPolicy,
        budget: Budget,
        cost_dollars: float,
        source: Source,
        window: str,
        refuse: Refuse | None,
    ) -> None:
        self._base = base
        self.session = session
        self._policy = policy
        self._budget = budget
        self._cost_dollars = cost_dollars
        self._source = source
        self._window = window
        self._refuse = refuse
        self._received = 0
        self.page: RawPage
        self.identifiers: list[str] = []

    def run(self, url: str, ask: Callable[[str], Any]) -> Any:
        """Let pyalex ask `url`, at our base, until the answer is a good one."""
        url = self._base + url.removeprefix(_HOST)
        answer = self._policy.retrying(BadPageError)(self._try, url, ask)
        self._received += self.page.received
        return answer

    def _try(self, url: str, ask: Callable[[str], Any]) -> Any:
        self._budget.reserve(self._cost_dollars)
        before = self.session.last
        try:
            answer = ask(url)
        except requests.exceptions.HTTPError as error:
            raise self._status_error(url) from error
        except (ValueError, KeyError, TypeError) as error:
            # requests' JSON error and pyalex's QueryError and "Unknown response format" are all ValueErrors.
            if self._answer().status_code >= _ERROR_STATUS:
                raise self._status_error(url) from error
            raise self._bad(url, "pyalex cannot read it") from error
        finally:
            if self.session.last is not None and self.session.last is not before:
                self._budget.record(self.session.last.headers, self._cost_dollars)
            else:
                self._budget.release()
        self._accept(url)
        return answer

    def _accept(self, url: str) -> None:
        body = bytes(self._answer().content)
        try:
            answer = read_answer(body)
        except PageError as error:
            raise self._bad(url, str(error)) from error
        items, total = answer.get("results"), 1
        if items is None:
            items = [answer]
        else:
            meta = answer.get("meta")
            count = meta.get("count") if isinstance(meta, dict) else None
            if not isinstance(count, int):
                raise self._bad(url, "it does not say how many results there are")
            if not items and self._received < count:
                raise self._bad(url, f"it is empty after {self._received:,} of {count:,} results")
            total = count
        self.identifiers = [str(item.get("id")) for item in items if isinstance(item, dict)]
        self.page = self._landed(url, received=len(items), total=total)

    def _answer(self) -> requests.Response:
        if self.session.last is None:  # pragma: no cover - pyalex cannot fail on an answer that never came
            raise AssertionError("pyalex read an answer before there was one")
        return self.session.last

    def _landed(self, url: str, *, received: int = 0, total: int | None = None) -> RawPage:
        answer = self._answer()
        return RawPage(
            source=self._source,
            request=redact(url),
            window=self._window,
            status=answer.status_code,
            media_type=media_type(answer),
            body=bytes(answer.content),
            fetched_at=datetime.now(UTC),
            received=received,
            total=total,
        )

    def _bad(self, url: str, problem: str) -> BadPageError:
        page = self._landed(url)
        sentence = f"OpenAlex gave no good page for {redact(url)[:300]}: {problem}."
        if self._refuse is not None:
            self._refuse(page, sentence)
        return BadPageError(sentence, page=page)

    def _status_error(self, url: str) -> HttpStatusError | QueryRefusedError:
        answer = self._answer()
        said = redact(" ".join(answer.content[:300].decode("utf-8", errors="replace").split()))
        sentence = f"OpenAlex answered {answer.status_code} for {redact(url)[:300]} ({said}); check the query."
        if answer.status_code == NOT_FOUND:
            return HttpStatusError(sentence, status=NOT_FOUND)
        if self._refuse is not None:
            self._refuse(self._landed(url), sentence)
        return QueryRefusedError(sentence)


class Endpoint(pyalex.api.BaseOpenAlex):  # type: ignore[misc]  # untyped base
    """A pyalex endpoint whose traffic is ours.

    pyalex takes the host from its source code and makes a session without a timeout for each query, retrying
    429 inside the call until midnight; this one method is where all its requests pass.
    """

    def __init__(self, exchange: Exchange, params: dict[str, Any] | None) -> None:
        super().__init__(params)
        self.exchange = exchange

    def _get_from_url(self, url: str, session: object = None) -> Any:  # noqa: ARG002 - pyalex's own signature
        # pyalex passes None for a query and its own session for a page; neither is used.
        inherited = super()._get_from_url
        return self.exchange.run(url, lambda address: inherited(address, self.exchange.session))


class Works(Endpoint, pyalex.Works):  # type: ignore[misc]  # untyped base
    """`/works`."""


class Authors(Endpoint, pyalex.Authors):  # type: ignore[misc]  # untyped base
    """`/authors`."""


class Institutions(Endpoint, pyalex.Institutions):  # type: ignore[misc]  # untyped base
    """`/institutions`."""


# pyalex builds the path of a URL from the name of the class.
Works.__name__, Authors.__name__, Institutions.__name__ = "Works", "Authors", "Institutions"
