"""A page: one answer of a source as received, and what reading it gave.

Here: the plain types that pass between the clients, the landing and the parsers. Not here: any reading or
writing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_PAYLOAD_CHARS = 100_000
"""A rejected record is kept up to here; the raw page has the rest."""


class Source(StrEnum):
    """The doors records come by; the value is the `source` of every table."""

    ARXIV_ATOM = "arxiv_atom"
    ARXIV_OAI = "arxiv_oai"
    ARXIV_SNAPSHOT = "arxiv_snapshot"
    OPENALEX_WORKS = "openalex_works"
    OPENALEX_AUTHORS = "openalex_authors"
    OPENALEX_INSTITUTIONS = "openalex_institutions"
    OPENALEX_GONE = "openalex_gone"


@dataclass(frozen=True, slots=True)
class RawPage:
    """One answer, as received.

    Attributes:
        source: A `Source`.
        request: The URL that was asked, without secrets.
        window: What the page is part of: `SINCE/UNTIL` for days, `ids:DIGEST` for a list of ids, else a file
            name.
        status: HTTP status; 200 for a slice of a file.
        media_type: The answer's Content-Type, lower case, without parameters.
        body: The bytes, after transfer and content decoding.
        fetched_at: When the body had arrived, in UTC.
        received: Records on the page, before any rule.
        total: Records the source says the whole question has; null when it does not say.
    """

    source: str
    request: str
    window: str
    status: int
    media_type: str
    body: bytes = field(repr=False)
    fetched_at: datetime
    received: int
    total: int | None


Refuse = Callable[[RawPage, str], object]
"""Takes a page that was not accepted, and the sentence why; `Landing.refuse` is one."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that broke a rule.

    Attributes:
        record_id: The record's own id, null when none could be read.
        rule: Stable name of the rule, the first that broke.
        detail: What was wrong, one sentence.
        payload: The record as received, cut at `MAX_PAYLOAD_CHARS`.
    """

    record_id: str | None
    rule: str
    detail: str
    payload: str


@dataclass(frozen=True, slots=True)
class ParsedPage(Generic[T]):
    """Every record of a page, once: accepted in `records` or rejected in `rejects`, both in page order."""

    records: list[T]
    rejects: list[Reject]

    @property
    def received(self) -> int:
        """Records the page held."""
        return len(self.records) + len(self.rejects)
