"""Days: which are wanted, which are complete, and how a range of them is cut into runs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.cli.runs import CommandError
from pipeline.settings import Settings
from pipeline.sources.landing import Landing
from pipeline.sources.pages import Source

if TYPE_CHECKING:
    import dagster as dg

CHUNK_DAYS = 92
"""Most days a backfill fetches in one run: what a kill costs at most, against the seconds a run costs by itself."""


def complete_days(found: "dg.DagsterInstance") -> set[date]:
    """Days both of whose fetch partitions are materialised and landed."""
    import dagster as dg  # noqa: PLC0415

    keys = [dg.AssetKey(["raw", name]) for name in ("arxiv_pages", "openalex_pages")]
    materialised = set.intersection(*({*found.get_materialized_partitions(key)} for key in keys))
    landing = Landing(Settings().raw)
    landed = set.intersection(
        *(
            {day for window in landing.windows(source) for day in days_of(window.span)}
            for source in (Source.ARXIV_ATOM, Source.OPENALEX_WORKS)
        )
    )
    return {date.fromisoformat(day) for day in materialised} & landed


def days_of(span: str) -> Sequence[date]:
    """The days a window's span names; none for a span that is no range of days."""
    first, slash, last = span.partition("/")
    try:
        return days_between(date.fromisoformat(first), date.fromisoformat(last)) if slash else []
    except ValueError:
        return []


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def chunked(days: Sequence[date]) -> list[tuple[date, date]]:
    """Runs of adjacent days, none longer than a chunk."""
    chunks: list[tuple[date, date]] = []
    for day in days:
        if chunks and day - chunks[-1][1] == timedelta(days=1) and (day - chunks[-1][0]).days < CHUNK_DAYS:
            chunks[-1] = (chunks[-1][0], day)
        else:
            chunks.append((day, day))
    return chunks


def next_day(found: "dg.DagsterInstance", last: date) -> date:
    """Where a run begins without being told: after the last complete day, at least a week before the end."""
    from pipeline.schedules import TRAILING_DAYS  # noqa: PLC0415

    trailing = last - timedelta(days=TRAILING_DAYS - 1)
    done = complete_days(found)
    return min(trailing, max(done) + timedelta(days=1)) if done else trailing


def last_complete_day() -> date:
    """Yesterday in UTC: the newest partition."""
    return datetime.now(UTC).date() - timedelta(days=1)


def check_span(first: date, last: date) -> None:
    """Refuse a span that ends before it begins."""
    if last < first:
        raise CommandError(
            f"There is no complete day from {first} to {last}: the last complete day is {last_complete_day()}."
        )
