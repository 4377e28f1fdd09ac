"""Days: which are wanted, which are complete, and how a range of them is cut into runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.cli.runs import CommandError
from pipeline.settings import Settings
from pipeline.sources.arxiv import EARLIEST
from pipeline.sources.landing import Landing
from pipeline.sources.pages import Source

if TYPE_CHECKING:
    import dagster as dg

CHUNK_DAYS = 92
"""Most days a backfill fetches in one run: what a kill costs at most, against the seconds a run costs by itself."""


DOORS = {
    "arxiv_pages": Source.ARXIV_ATOM,
    "arxiv_changes": Source.ARXIV_OAI,
    "openalex_pages": Source.OPENALEX_WORKS,
}
"""The assets that have a partition a day, and the source whose windows say that the day's pages lie there."""


def complete_days(found: "dg.DagsterInstance", asset: str) -> set[date]:
    """Days whose partition of an asset is materialised and landed."""
    import dagster as dg  # noqa: PLC0415

    materialised = found.get_materialized_partitions(dg.AssetKey(["raw", asset]))
    landed = {day for window in Landing(Settings().raw).windows(DOORS[asset]) for day in days_of(window.span)}
    return {date.fromisoformat(day) for day in materialised} & landed


def missing_days(found: "dg.DagsterInstance", days: Sequence[date]) -> dict[date, tuple[str, ...]]:
    """Day -> the assets that it is not complete in; days complete in all are left out."""
    done = {asset: complete_days(found, asset) for asset in DOORS}
    missing = {day: tuple(asset for asset in DOORS if day not in done[asset]) for day in days}
    return {day: assets for day, assets in missing.items() if assets}


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


@dataclass(frozen=True)
class Chunk:
    """Adjacent days that lack the same assets: one run."""

    first: date
    last: date
    assets: tuple[str, ...]

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def chunked(missing: Mapping[date, tuple[str, ...]]) -> list[Chunk]:
    """Days in their order -> assets each lacks, as runs none of which is longer than a chunk."""
    chunks: list[Chunk] = []
    for day, assets in missing.items():
        last = chunks[-1] if chunks else None
        if last and assets == last.assets and day - last.last == timedelta(days=1) and last.days < CHUNK_DAYS:
            chunks[-1] = replace(last, last=day)
        else:
            chunks.append(Chunk(day, day, assets))
    return chunks


def next_day(found: "dg.DagsterInstance", last: date) -> date:
    """Where a run begins without being told: after the last complete day, at least a week before the end."""
    from pipeline.schedules import TRAILING_DAYS  # noqa: PLC0415

    trailing = last - timedelta(days=TRAILING_DAYS - 1)
    done = set.intersection(*(complete_days(found, asset) for asset in DOORS))
    return min(trailing, max(done) + timedelta(days=1)) if done else trailing


def last_complete_day() -> date:
    """Yesterday in UTC: the newest partition."""
    return datetime.now(UTC).date() - timedelta(days=1)


def check_span(first: date, last: date) -> None:
    """Refuse a span that ends before it begins, or begins before there was a paper."""
    if first < EARLIEST:
        raise CommandError(f"arXiv has no paper from before {EARLIEST}: begin on that day or later.")
    if last < first:
        raise CommandError(
            f"There is no complete day from {first} to {last}: the last complete day is {last_complete_day()}."
        )
