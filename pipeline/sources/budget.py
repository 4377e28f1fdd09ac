"""OpenAlex's money: what a question costs, what is left of the day, and what its refusals mean.

Prices and headers as OpenAlex documents them (https://developers.openalex.org/api-reference/authentication,
August 2026). Not here: the questions themselves (`openalex`).
"""

import contextlib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import requests
from pydantic_core import from_json

from pipeline.sources.errors import BudgetSpentError, KeyRefusedError, PlanRefusedError, SourceError
from pipeline.sources.http import retry_after_seconds
from pipeline.sources.ledger import Ledger

LIST_DOLLARS: Final = 0.0001
SINGLE_DOLLARS: Final = 0.0

_HEADER_PREFIX = "x-ratelimit-"
_PLAN = re.compile(r"plan upgrade|upgrade your plan|requires? (?:an? )?(?:paid|premium|member)|member\+", re.IGNORECASE)
_SPENT = re.compile(
    r"insufficient (?:budget|credits)|(?:daily|budget).{0,40}(?:exceeded|exhausted|spent)", re.IGNORECASE
)
_CENT_DUST = 1e-9
"""Sums of prices are off by less than this, and no price is as small."""
_BURST = re.compile(r"per second|slow down", re.IGNORECASE)
_NEEDS_KEY = re.compile(r"api key", re.IGNORECASE)
_LONGEST_BURST_SECONDS = 600.0
"""A wait beyond this is no burst: only a spent day makes one wait for hours."""
_TOO_MANY, _PAYMENT, _UNAUTHORISED, _FORBIDDEN = 429, 402, 401, 403


@dataclass(slots=True)
class Budget:
    """What may be spent at OpenAlex in a day, and what this process has spent.

    What OpenAlex says in its headers is the truth about its own bound. Our bound is counted in the ledger, for all
    processes of a data folder together; without a ledger, for this process alone.

    Attributes:
        dollars: Stop before spending more than this in a UTC day; null for as long as OpenAlex lets us.
        ledger: Where the day's calls and dollars are counted.
        account: Who pays, in the ledger: another key has a day of its own.
        calls: Requests answered so far, in this process.
        spent_dollars: Their cost.
        remaining_dollars: What OpenAlex said is left of the day, prepaid money included; null before it said
            so.
        resets_in_seconds: When it said the next day begins, at the time of the last answer.
        headers: Its rate-limit headers of the last answer, names in lower case.
    """

    dollars: float | None = None
    ledger: Ledger | None = None
    account: str = "anonymous"
    calls: int = 0
    spent_dollars: float = 0.0
    remaining_dollars: float | None = None
    resets_in_seconds: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    _booked: tuple[str, float] | None = None

    def reserve(self, cost_dollars: float) -> None:
        """Check that a question of this cost may be asked, and book it where we have a bound.

        Raises:
            BudgetSpentError: it would go over our bound, or over what OpenAlex says is left.
        """
        self._booked = None
        if cost_dollars <= 0:
            return
        if self.remaining_dollars is not None and self.remaining_dollars < cost_dollars:
            raise _spent(self.resets_in_seconds)
        if self.dollars is None:
            return
        day, calls = today(), self.calls
        if self.ledger is None:
            fits = self.spent_dollars + cost_dollars <= self.dollars + _CENT_DUST
        elif fits := self.ledger.book(self.account, day, cost_dollars, self.dollars):
            self._booked = (day, cost_dollars)
        else:
            calls = self.ledger.spent(self.account, day)[0]
        if not fits:
            raise BudgetSpentError(
                f"The OpenAlex budget of ${self.dollars:g} is spent ({calls:,} calls); raise it or run again tomorrow.",
                resets_in_seconds=self.resets_in_seconds,
            )

    def release(self) -> None:
        """Take back a booking whose question was not answered."""
        if self.ledger is not None and self._booked is not None:
            day, dollars = self._booked
            self.ledger.correct(self.account, day, calls=-1, dollars=-dollars)
        self._booked = None

    def record(self, headers: Mapping[str, str], cost_dollars: float) -> None:
        """Note an answer.

        Args:
            headers: Of the answer.
            cost_dollars: Its price by the list, for a server that does not say what it charged.
        """
        self.headers = {
            name.lower(): value for name, value in headers.items() if name.lower().startswith(_HEADER_PREFIX)
        }
        told = self._number("cost-usd")
        charged = cost_dollars if told is None else told
        self.calls += 1
        self.spent_dollars += charged
        if self.ledger is not None:
            self._count(self.ledger, charged)
        daily, prepaid = self._number("remaining-usd"), self._number("prepaid-remaining-usd")
        if daily is not None:
            self.remaining_dollars = daily + (prepaid or 0.0)
        reset = self._number("reset")
        if reset is not None:
            self.resets_in_seconds = reset

    def _count(self, ledger: Ledger, charged: float) -> None:
        if self._booked is None:
            ledger.book(self.account, today(), charged)
            return
        day, booked = self._booked
        self._booked = None
        if charged != booked:
            ledger.correct(self.account, day, dollars=charged - booked)

    def _number(self, name: str) -> float | None:
        with contextlib.suppress(KeyError, ValueError):
            return float(self.headers[_HEADER_PREFIX + name])
        return None


def today() -> str:
    """OpenAlex's day: it counts money by the day in UTC."""
    return datetime.now(UTC).date().isoformat()


def account_of(url: str, key: str | None) -> str:
    """Whose day's budget is spent: the server, and which key, told by four bytes of its digest."""
    payer = hashlib.sha256(key.encode()).hexdigest()[:8] if key else "anonymous"
    return f"{urlsplit(url).netloc.rpartition('@')[2]} {payer}"


def read_refusal(response: requests.Response) -> SourceError | None:
    """Tell OpenAlex's refusals apart; null for a burst, which passes when one waits as told.

    A plan refusal and a spent day both come as 429. The day is spent when the message says so, nothing
    remains, or the wait is one of hours.
    """
    status = response.status_code
    if status not in (_TOO_MANY, _PAYMENT, _UNAUTHORISED, _FORBIDDEN):
        return None
    message = _message(response.content)
    if status in (_TOO_MANY, _FORBIDDEN, _PAYMENT) and _PLAN.search(message):
        return PlanRefusedError(
            f"OpenAlex answers this question only to a larger plan ({message[:200]}); leave out filters by"
            " created or updated date, or use a key with that plan."
        )
    if status in (_UNAUTHORISED, _FORBIDDEN) and _NEEDS_KEY.search(message):
        return KeyRefusedError(
            f"OpenAlex does not accept the key ({message[:200]}); set OPENALEX_API_KEY to a valid one."
        )
    wait = retry_after_seconds(response.headers)
    if status == _PAYMENT or (status == _TOO_MANY and _is_spent(response.headers, message, wait)):
        return _spent(wait)
    return None


def _is_spent(headers: Mapping[str, str], message: str, wait: float | None) -> bool:
    if _BURST.search(message):  # its headers may say that nothing remains, for lack of a better number
        return False
    if _SPENT.search(message) or (wait is not None and wait > _LONGEST_BURST_SECONDS):
        return True
    return any(headers.get(f"X-RateLimit-Remaining{unit}", "").strip() in {"0", "0.0"} for unit in ("", "-USD"))


def _spent(resets_in_seconds: float | None) -> BudgetSpentError:
    when = f" in {resets_in_seconds / 3600:.1f} h" if resets_in_seconds else ""
    return BudgetSpentError(
        f"OpenAlex's budget of the day is spent and renews at midnight UTC{when}; run again then, or set"
        " OPENALEX_API_KEY to a key with more.",
        resets_in_seconds=resets_in_seconds,
    )


def _message(body: bytes) -> str:
    """Return what an error answer says, whatever its form."""
    with contextlib.suppress(ValueError):
        answer = from_json(body)
        if isinstance(answer, dict):
            return " ".join(str(answer[name]) for name in ("error", "message") if answer.get(name))
    return " ".join(body[:2_000].decode("utf-8", errors="replace").split())
