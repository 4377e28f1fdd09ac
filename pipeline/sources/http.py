"""The polite session: how we ask a public service, whatever it is.

Here: user agent, timeouts, retries, pacing across processes, bounds, the one place where the API key is added. Not
here: what is asked (`arxiv`, `oai`, `openalex`) and whether an answer is a good page.
"""

import contextlib
import ipaddress
import logging
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

import filelock
import requests
import tenacity

from pipeline.sources.errors import (
    HttpStatusError,
    OversizeError,
    QueryRefusedError,
    RetryAfterError,
    SourceError,
    UnreachableError,
)

logger = logging.getLogger(__name__)

PROJECT = "who-wrote-what"
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Statuses worth asking again for."""

ARXIV_INTERVAL_SECONDS = 3.0
"""One request in three seconds over one connection, API and OAI-PMH together
(https://info.arxiv.org/help/api/tou.html)."""

_CHUNK_BYTES = 64 * 1024
_SECRET = re.compile(
    r"((?:api[_-]?key|authorization|(?<!resumption)token)=)[^&\s]+|(bearer\s+)\S+|(://)[^/?#\s]*(?=@)", re.IGNORECASE
)
"""Values of parameters, bearer tokens, user and password before a host. A resumption token is a place in a list."""


Refusal = Callable[[requests.Response], SourceError | None]
"""Reads an error answer and returns the error to raise at once, or null to go on as usual."""


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """How patient and how polite a session is.

    Attributes:
        contact: E-mail address for the user agent, so that a service can write before it blocks.
        connect_timeout_seconds: To open a connection.
        read_timeout_seconds: Between two bytes.
        deadline_seconds: For a whole answer; a socket that drips is cut off here.
        tries: Times a request is sent in all, the first among them.
        backoff_seconds: Wait before the second try; doubles from try to try.
        max_backoff_seconds: The longest wait of our own choosing.
        max_retry_after_seconds: The longest wait we let a service impose; longer ones are an error at once.
        max_body_bytes: The largest answer, after decoding.
        min_interval_seconds: Pause between requests; null for what the service asks of us.
    """

    contact: str | None = None
    connect_timeout_seconds: float = 10.0
    read_timeout_seconds: float = 60.0
    deadline_seconds: float = 300.0
    tries: int = 5
    backoff_seconds: float = 2.0
    max_backoff_seconds: float = 60.0
    max_retry_after_seconds: float = 120.0
    max_body_bytes: int = 64 * 1024 * 1024
    min_interval_seconds: float | None = None

    @property
    def user_agent(self) -> str:
        """Our name, release and contact: arXiv throttles anonymous library agents (arxiv.py issue 203)."""
        try:
            release = version(PROJECT)
        except PackageNotFoundError:
            release = "0"
        return f"{PROJECT}/{release}" + (f" (mailto:{self.contact})" if self.contact else "")

    def retrying(self, error: type[Exception]) -> tenacity.Retrying:
        """Return the loop that repeats what raises `error`, for bad pages with a good status."""
        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.tries),
            wait=self.wait,
            retry=tenacity.retry_if_exception_type(error),
            before_sleep=_log_retry,
            reraise=True,
        )

    @property
    def wait(self) -> tenacity.wait.wait_base:
        """How long to wait between tries when the service does not say."""
        return tenacity.wait_exponential(multiplier=self.backoff_seconds, max=self.max_backoff_seconds)


class Pacer:
    """Keeps requests apart and one at a time, in all processes that share a folder.

    Args:
        folder: Where the lock and the time of the last request live; the same for every process of one data
            folder.
        name: What is paced; arXiv's two services share one name because their terms count them together.
        interval_seconds: Pause from the end of one request to the start of the next; 0 paces nothing.
    """

    def __init__(self, folder: Path, name: str, interval_seconds: float) -> None:
        self._interval = interval_seconds
        self._stamp = folder / f"{name}.last-request"
        self._lock = filelock.FileLock(folder / f"{name}.lock")
        if interval_seconds:
            folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for our turn, and hold it while a request is under way."""
        if not self._interval:
            yield
            return
        with self._lock:
            time.sleep(self._remaining())
            try:
                yield
            finally:
                self._stamp.touch()

    def _remaining(self) -> float:
        """Seconds still to wait; a stamp from the future (a clock set back) costs one interval at most."""
        try:
            since = time.time() - self._stamp.stat().st_mtime
        except FileNotFoundError:
            return 0.0
        return min(max(self._interval - since, 0.0), self._interval)


def arxiv_pacer(url: str, folder: Path, policy: HttpPolicy) -> Pacer:
    """Return the pacer of everything arXiv runs, or one that does not wait when `url` is next door."""
    interval = policy.min_interval_seconds
    if interval is None:
        interval = 0.0 if is_private(url) else ARXIV_INTERVAL_SECONDS
    return Pacer(folder, "arxiv", interval)


class _Busy(Exception):  # noqa: N818 - not an error yet: the request may be sent again
    """An attempt failed in a way that may pass.

    Args:
        error: What to raise when no try is left.
        wait_seconds: What the service asked for, null when it did not ask.
    """

    def __init__(self, error: SourceError, wait_seconds: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_seconds = wait_seconds


class PoliteSession(requests.Session):
    """A session that the `arxiv` and `pyalex` clients can use without knowing it is polite.

    The last answer stays readable in `last`, because those clients throw it away.

    Args:
        home: Base URL; credentials are sent there and nowhere else.
        policy: How patient and polite to be.
        pacer: Whose turn it is.
        bearer: API key, sent as a header to `home`, never part of a URL, a message or a log line.
        refusal: Reads error answers that must not be retried.
    """

    def __init__(
        self,
        home: str,
        policy: HttpPolicy,
        pacer: Pacer,
        *,
        bearer: str | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        super().__init__()
        self.last: requests.Response | None = None
        self._home = _origin(home)
        self._policy = policy
        self._pacer = pacer
        self._bearer = bearer
        self._refusal = refusal
        self.max_redirects = 5
        # A proxy or .netrc of the environment is for the world, not for a replica next door.
        self.trust_env = not is_private(home)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request, wait and repeat as needed, and return an answer whose body has been read.

        Answers below 500 come back as they are, but for 429 and what `refusal` objects to.

        Raises:
            SourceError: no answer, too large an answer, an error status after all tries, a wait beyond the
                bound.
        """
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._policy.tries),
            wait=self._wait_before,
            retry=tenacity.retry_if_exception_type(_Busy),
            before_sleep=_log_retry,
            reraise=True,
        )
        try:
            self.last = retrying(self._attempt, request, **kwargs)
        except _Busy as busy:
            raise busy.error from busy.__cause__
        return self.last

    def _wait_before(self, state: tenacity.RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.wait_seconds if isinstance(failure, _Busy) else None
        return asked if asked is not None else self._policy.wait(state)

    def _attempt(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        address = redact(str(request.url))
        self._sign(request)
        timeout = (self._policy.connect_timeout_seconds, self._policy.read_timeout_seconds)
        try:
            with self._pacer.turn():
                response = super().send(request, **{**kwargs, "stream": True, "timeout": timeout})
                self._read_body(response, address)
        except requests.exceptions.Timeout as error:
            raise _Busy(
                UnreachableError(
                    f"{address} did not answer in {self._policy.read_timeout_seconds:g} s,"
                    f" {self._policy.tries} times; check the address and try again later."
                )
            ) from error
        except (
            requests.exceptions.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            raise _Busy(
                UnreachableError(
                    f"{address} cannot be reached ({_reason(error)}), tried {self._policy.tries} times;"
                    " check the address and the network, then try again."
                )
            ) from error
        except requests.exceptions.RequestException as error:
            raise QueryRefusedError(f"{address} cannot be asked: {redact(str(error))}.") from error
        self._judge(response, address)
        return response

    def _sign(self, request: requests.PreparedRequest) -> None:
        """Put our own headers over those a client library set."""
        request.headers["User-Agent"] = self._policy.user_agent
        request.headers.pop("Authorization", None)
        if self._bearer and _origin(str(request.url)) == self._home:
            request.headers["Authorization"] = f"Bearer {self._bearer}"

    def _read_body(self, response: requests.Response, address: str) -> None:
        deadline = time.monotonic() + self._policy.deadline_seconds
        chunks: list[bytes] = []
        size = 0
        with contextlib.closing(response):
            for chunk in response.iter_content(_CHUNK_BYTES):
                chunks.append(chunk)
                size += len(chunk)
                if size > self._policy.max_body_bytes:
                    raise OversizeError(
                        f"{address} answers with more than {self._policy.max_body_bytes:,} bytes;"
                        " ask for a smaller window."
                    )
                if time.monotonic() > deadline:
                    raise requests.exceptions.ReadTimeout(f"{address} was still sending at the deadline")
        # requests keeps the body here; it has no public way to set a body that was read with a bound.
        response._content = b"".join(chunks)  # noqa: SLF001

    def _judge(self, response: requests.Response, address: str) -> None:
        """Raise what an error status calls for."""
        status = response.status_code
        if status < 400:  # noqa: PLR2004 - HTTP
            return
        refusal = self._refusal(response) if self._refusal else None
        if refusal is not None:
            raise refusal
        if status not in BUSY:
            return
        wait = retry_after_seconds(response.headers)
        if wait is not None and wait > self._policy.max_retry_after_seconds:
            raise RetryAfterError(
                f"{address} answers {status} and asks to wait {wait:,.0f} s, over the bound of"
                f" {self._policy.max_retry_after_seconds:g} s; run again after that.",
                status=status,
                seconds=wait,
            )
        raise _Busy(
            HttpStatusError(f"{address} answered {status} {self._policy.tries} times; try again later.", status=status),
            wait,
        )


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Read `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3); null when absent or unreadable."""
    written = headers.get("Retry-After", "").strip()
    if not written:
        return None
    with contextlib.suppress(ValueError):
        return None if math.isnan(seconds := float(written)) else max(seconds, 0.0)
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def redact(text: str) -> str:
    """Return text without secrets: URL parameters that name a key, bearer tokens, user and password of a URL."""
    return _SECRET.sub(lambda match: f"{match[match.lastindex or 0]}***", text)


def is_private(url: str) -> bool:
    """Tell whether a URL leads to this machine or this network, where no politeness is owed."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".test"))
    return address.is_private or address.is_loopback


def base_url(written: str, default_path: str) -> str:
    """Return a base URL without a slash at its end; a bare host gets `default_path`.

    Raises:
        SourceError: it is no http or https URL.
    """
    parts = urlsplit(written.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError(f"{redact(written)!r} is no base URL; write it as https://host or http://host:port.")
    path = parts.path.rstrip("/") or default_path.rstrip("/")
    return urlunsplit(SplitResult(parts.scheme, parts.netloc, path, "", ""))


def media_type(response: requests.Response) -> str:
    """Return the Content-Type of an answer without its parameters, lower case."""
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def _reason(error: Exception) -> str:
    """Name the innermost cause, which says more than the layers around it."""
    cause: BaseException = error
    while (inner := cause.__cause__ or cause.__context__) is not None:
        cause = inner
    return redact(str(cause))[:200] or type(cause).__name__


def _log_retry(state: tenacity.RetryCallState) -> None:
    failure = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    logger.warning("Try %d failed, next in %.1f s: %s", state.attempt_number, wait, redact(str(failure)))
