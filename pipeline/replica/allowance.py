"""OpenAlex's daily allowance: what a call costs, what is left, how refusals read.

Belongs here: credits, rate-limit headers, the three kinds of 429. Forms and prices as the gateway of 2026
gives them (github ourresearch/openalex-api-proxy; live headers quoted in github
SMTG-Bham/PaperMinerToolkit#75).
"""

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

CREDIT_USD = 0.0001
SINGLETON_CREDITS = 0
LIST_CREDITS = 1
SEARCH_CREDITS = 10
REPLICA_CREDITS = 10_000_000
"""Allowance unless a plan sets `budget_after`: a replica is for work, so none runs out by accident. The real
ones are 1,000 credits without a key and 10,000 with a free one."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Body and headers of a 429."""

    body: bytes
    headers: Mapping[str, str]


class Allowance:
    """Credits used by each key, and by those without one together. They do not come back at midnight.

    Args:
        daily: Credits each may use.
    """

    def __init__(self, daily: int = REPLICA_CREDITS) -> None:
        self.daily = daily
        self._used: Counter[str] = Counter()
        self._lock = Lock()

    def remaining(self, key: str) -> int:
        """Credits a key has left."""
        return max(self.daily - self._used[key], 0)

    def charge(self, key: str, cost: int) -> bool:
        """Take the cost of a call; nothing is taken and the call is refused when it is more than is left."""
        with self._lock:
            if cost > self.remaining(key):
                return False
            self._used[key] += cost
            return True

    def headers(self, key: str, cost: int, now: datetime) -> dict[str, str]:
        """Headers of an answered call."""
        return {
            **self._headers(key, now),
            "X-RateLimit-Cost-USD": _usd(cost),
            "X-RateLimit-Credits-Used": str(cost),
        }

    def spent(self, key: str, cost: int, now: datetime) -> Refusal:
        """The refusal of a key whose day's budget is used up; it asks to wait until midnight UTC."""
        wait = until_midnight(now)
        remaining = self.remaining(key)
        body = {
            "error": "Rate limit exceeded",
            "message": f"Insufficient budget. This request costs ${_usd(cost)} but you only have "
            f"${_usd(remaining)} remaining. Resets at midnight UTC. Need more? Add funds at "
            "https://openalex.org/pricing",
            "retryAfter": wait,
            "costUsd": cost * CREDIT_USD,
            "dailyRemainingUsd": remaining * CREDIT_USD,
            "prepaidRemainingUsd": 0,
            "creditsRequired": cost,
            "creditsRemaining": remaining,
            "onetimeCreditsRemaining": 0,
        }
        headers = {
            **self._headers(key, now),
            "Retry-After": str(wait),
            "X-RateLimit-Cost-Required-USD": _usd(cost),
            "X-RateLimit-Credits-Required": str(cost),
        }
        return Refusal(json.dumps(body).encode(), headers)

    def burst(self, key: str, retry_after: int, now: datetime) -> Refusal:
        """The refusal of a caller that asks too often in one second."""
        body = {
            "error": "Rate limit exceeded",
            "message": "Rate limit exceeded: 100 requests per second. Please slow down.",
            "retryAfter": retry_after,
        }
        return Refusal(json.dumps(body).encode(), {**self._headers(key, now), "Retry-After": str(retry_after)})

    def _headers(self, key: str, now: datetime) -> dict[str, str]:
        remaining = self.remaining(key)
        return {
            "X-RateLimit-Limit": str(self.daily),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Onetime-Remaining": "0",
            "X-RateLimit-Reset": str(until_midnight(now)),
            "X-RateLimit-Limit-USD": _usd(self.daily),
            "X-RateLimit-Remaining-USD": _usd(remaining),
            "X-RateLimit-Prepaid-Remaining-USD": "0",
        }


def plan_refusal(what: str) -> Refusal:
    """The refusal of a filter or sort that the caller's plan does not include; it names no time to wait."""
    message = (
        f"{what} requires a Premium, Institutional, or Partner plan. See https://openalex.org/pricing for details."
    )
    return Refusal(
        json.dumps({"error": "Plan upgrade required", "message": message}).encode(),
        {"Cache-Control": "no-store"},
    )


def until_midnight(now: datetime) -> int:
    """Whole seconds to the next midnight UTC."""
    moment = now.astimezone(UTC)
    midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return math.ceil((midnight - moment).total_seconds())


def _usd(amount: int) -> str:
    return f"{round(amount * CREDIT_USD, 4):g}"
