"""What can go wrong between us and a source, each with one sentence for the person who reads it.

Here: the exceptions that `sources` raises. Not here: a record that breaks a rule, which is data
(`pages.Reject`).
"""

from typing import TYPE_CHECKING

from pipeline.errors import PlainError

if TYPE_CHECKING:
    from pipeline.sources.pages import RawPage


class SourceError(PlainError):
    """Anything that keeps a fetch window from being complete; its text is one sentence with the way out."""


class UnreachableError(SourceError):
    """Nobody answered in time: no connection, a silent socket, a broken transfer."""


class HttpStatusError(SourceError):
    """The source kept answering with an error status.

    Args:
        message: The sentence to show.
        status: The HTTP status of the last answer.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class RetryAfterError(HttpStatusError):
    """The source asks for a longer wait than a run is willing to sleep through.

    Args:
        message: The sentence to show.
        status: The HTTP status, 429 or 503.
        seconds: How long it asked to wait.
    """

    def __init__(self, message: str, *, status: int, seconds: float) -> None:
        super().__init__(message, status=status)
        self.seconds = seconds


class OversizeError(SourceError):
    """An answer is larger than the bound."""


class BadPageError(SourceError):
    """An answer that is no good page though its status is good.

    HTML, cut off, an error entry, empty against its own total.

    Args:
        message: The sentence to show.
        page: The answer as received, for the landing's refused branch.
    """

    def __init__(self, message: str, *, page: "RawPage") -> None:
        super().__init__(message)
        self.page = page


class IncompleteWindowError(SourceError):
    """The rows received are not the rows the source says it has."""


class QueryRefusedError(SourceError):
    """The source calls the question itself wrong; asking again does not help."""


class TokenLostError(QueryRefusedError):
    """The source no longer knows how far a list was read; the list can be read again from its start."""


class KeyRefusedError(SourceError):
    """OpenAlex does not accept the API key."""


class PlanRefusedError(SourceError):
    """OpenAlex answers this question only to a paid plan."""


class BudgetSpentError(SourceError):
    """OpenAlex's budget of the day, or the part of it we may use, is spent.

    Args:
        message: The sentence to show.
        resets_in_seconds: Time to the next budget when the source told it, else null.
    """

    def __init__(self, message: str, *, resets_in_seconds: float | None = None) -> None:
        super().__init__(message)
        self.resets_in_seconds = resets_in_seconds


class LandingError(SourceError):
    """A page cannot be written, or what was read back is not what was written."""
