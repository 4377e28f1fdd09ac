"""Faults on purpose: which request gets which trouble.

Belongs here: the plan, how it is written and how it decides. What a faulty answer looks like is in the
server (for troubles of transport) and in each API (for troubles of content).

A plan decides by content, never by the clock or by chance: the share of a hash of (seed, request, how many
times this request was seen before) picks the fault. So the same requests meet the same faults whatever runs
beside them, a retry is a new draw, and `times` bounds how often one request is faulted.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.errors import PlainError

DEFAULT_TIMES = 2
"""Faults one and the same request meets at most, so that a client with three tries always succeeds."""


class FaultSpecError(PlainError, ValueError):
    """A plan that cannot be read; the message is one sentence naming the part and what is allowed."""


class Api(StrEnum):
    """The three servers."""

    ATOM = "arxiv"
    OAI = "oai"
    OPENALEX = "openalex"


class Fault(StrEnum):
    """One trouble, by its name in a plan."""

    HTML200 = "html200"
    """200 with an HTML page."""
    TRUNCATED = "truncated"
    """200 with the first half of the body."""
    ERROR_ENTRY = "error_entry"
    """200 with an Atom feed whose only entry is an error."""
    EMPTY_PAGE = "empty_page"
    """200 with no results although the total is above 0."""
    DUPLICATE = "duplicate"
    """The first record of the page again at its end."""
    STALE = "stale"
    """An older version of a record after the newer one."""
    BOMB = "bomb"
    """XML whose entities expand to gigabytes."""
    TOO_MANY = "429"
    """429 with Retry-After."""
    UNAVAILABLE = "503"
    """503 with Retry-After."""
    STALL = "stall"
    """The socket stays open and never answers."""
    RESET = "reset"
    """The connection is reset."""


_EVERYWHERE = frozenset(
    {
        Fault.HTML200,
        Fault.TRUNCATED,
        Fault.DUPLICATE,
        Fault.STALE,
        Fault.TOO_MANY,
        Fault.UNAVAILABLE,
        Fault.STALL,
        Fault.RESET,
    }
)
_APPLICABLE: dict[Api, frozenset[Fault]] = {
    Api.ATOM: _EVERYWHERE | {Fault.ERROR_ENTRY, Fault.EMPTY_PAGE, Fault.BOMB},
    Api.OAI: _EVERYWHERE | {Fault.EMPTY_PAGE, Fault.BOMB},
    Api.OPENALEX: _EVERYWHERE | {Fault.EMPTY_PAGE},
}


class Plan(StrEnum):
    """OpenAlex plans the replica plays, cheapest first."""

    ANONYMOUS = "anonymous"
    FREE = "free"
    MEMBER = "member"
    MEMBER_PLUS = "member_plus"


@dataclass(frozen=True)
class FaultPlan:
    """What goes wrong, how often, for whom.

    Attributes:
        rates: Share of requests, 0 to 1, that meet a fault; faults an API cannot show are not drawn there.
        times: Faults one and the same request meets at most; none means no bound.
        seed: Another seed, other requests.
        retry_after: Seconds that 429 and 503 ask to wait.
        budget_after: OpenAlex credits (1 a list, 10 a search, 0 a singleton) after which the day's budget is
        spent;
            none means the plan's own allowance.
        plan: OpenAlex plan played; created and updated date filters need member_plus.
        apis: Servers that misbehave.
    """

    rates: Mapping[Fault, float] = field(default_factory=dict)
    times: int | None = DEFAULT_TIMES
    seed: int = 0
    retry_after: int = 1
    budget_after: int | None = None
    plan: Plan = Plan.FREE
    apis: frozenset[Api] = frozenset(Api)

    @classmethod
    def parse(cls, spec: str) -> "FaultPlan":
        """Read a plan such as `html200=0.02,429=0.05,times=1,retry_after=1,budget_after=500,seed=7`.

        `times=always` lifts the bound; `api=arxiv|oai` limits the faults to some servers.

        Raises:
            FaultSpecError: A part is unknown or has a wrong value.
        """
        rates: dict[Fault, float] = {}
        settings: dict[str, object] = {}
        for part in filter(None, (part.strip() for part in spec.split(","))):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals:
                raise FaultSpecError(f"The fault {part!r} has no value; write it as name=value, for example 429=0.05.")
            if name in _RATE_NAMES:
                rates[Fault(name)] = _rate(name, value)
            elif name in _SETTINGS:
                attribute, read = _SETTINGS[name]
                settings[attribute] = read(name, value)
            else:
                known = ", ".join([*sorted(_RATE_NAMES), *sorted(_SETTINGS)])
                raise FaultSpecError(f"There is no fault or setting {name!r}; the replica knows {known}.")
        plan = cls(rates=rates, **settings)  # type: ignore[arg-type] # each reader of _SETTINGS returns its attribute's type
        for api in Api:
            total = sum(rate for fault, rate in rates.items() if fault in _APPLICABLE[api])
            if total > 1 + 1e-9:
                raise FaultSpecError(f"The fault rates that apply to {api} add up to {total:g}; make them 1 or less.")
        return plan

    def drawn(self, api: Api, request: str, seen: int) -> Fault | None:
        """The fault of one request, before `times` is considered.

        Args:
            api: Which server was asked.
            request: Method, path and sorted parameters without credentials.
            seen: How many times the same request came before.
        """
        if api not in self.apis:
            return None
        share = _share(f"{self.seed}\n{api}\n{request}\n{seen}")
        for fault in Fault:
            if fault in _APPLICABLE[api]:
                share -= self.rates.get(fault, 0.0)
                if share < 0:
                    return fault
        return None


class FaultInjector:
    """Applies a plan to the requests as they come; remembers only how often each was seen and faulted."""

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan
        self._seen: Counter[bytes] = Counter()
        self._faulted: Counter[bytes] = Counter()

    def next(self, api: Api, request: str) -> Fault | None:
        """The fault this request meets now."""
        if not self.plan.rates:
            return None
        key = hashlib.blake2b(f"{api}\n{request}".encode("utf-8", "replace"), digest_size=12).digest()
        fault = self.plan.drawn(api, request, self._seen[key])
        self._seen[key] += 1
        if fault is None or (self.plan.times is not None and self._faulted[key] >= self.plan.times):
            return None
        self._faulted[key] += 1
        return fault


def _share(text: str) -> float:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _rate(name: str, value: str) -> float:
    try:
        rate = float(value)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise FaultSpecError(f"The rate of {name} is {value!r}; give a share of requests from 0 to 1.")
    return rate


def _whole(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise FaultSpecError(f"{name} is {value!r}; give a whole number, 0 or more.")
    return int(value)


def _times(name: str, value: str) -> int | None:
    return None if value == "always" else _whole(name, value)


def _plan(_name: str, value: str) -> Plan:
    try:
        return Plan(value)
    except ValueError:
        raise FaultSpecError(f"There is no plan {value!r}; plans are {', '.join(Plan)}.") from None


def _apis(_name: str, value: str) -> frozenset[Api]:
    try:
        return frozenset(Api(part) for part in value.split("|"))
    except ValueError:
        raise FaultSpecError(f"There is no API {value!r}; write one or more of {', '.join(Api)} joined by |.") from None


_RATE_NAMES = frozenset(str(fault) for fault in Fault)
_SETTINGS: dict[str, tuple[str, Callable[[str, str], object]]] = {
    "times": ("times", _times),
    "seed": ("seed", _whole),
    "retry_after": ("retry_after", _whole),
    "budget_after": ("budget_after", _whole),
    "plan": ("plan", _plan),
    "api": ("apis", _apis),
}
