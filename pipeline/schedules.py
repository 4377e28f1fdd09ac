"""Jobs and the daily schedule."""

from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)

TRAILING_DAYS = 7
"""Days read again each day: a paper appears in arXiv's search one to several days after its submission."""

_FETCHED = dg.AssetSelection.assets(["raw", "arxiv_pages"], ["raw", "openalex_pages"])
_SEEDED = dg.AssetSelection.assets(["raw", "seed_pages"])
_IMPORTED = dg.AssetSelection.assets(["raw", "snapshot_pages"])

FETCH = dg.define_asset_job("fetch", selection=_FETCHED, description="Fetch days from the sources.")
TRANSFORM = dg.define_asset_job(
    "transform",
    selection=dg.AssetSelection.all() - _FETCHED - _SEEDED - _IMPORTED,
    description="From landed pages to the published warehouse.",
)
IMPORT = dg.define_asset_job("import_snapshot", selection=_IMPORTED, description="Land a bulk file.")
SEED = dg.define_asset_job("seed", selection=_SEEDED, description="Fetch one long span at once, without partitions.")
DAILY = dg.define_asset_job(
    "daily",
    selection=dg.AssetSelection.all() - _SEEDED - _IMPORTED,
    description="Fetch the trailing days and bring everything downstream of them up to date.",
)


def range_tags(first: str, last: str) -> dict[str, str]:
    """Run tags that make a run cover the partitions from first to last, both included."""
    return {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}


@dg.schedule(job=DAILY, cron_schedule="30 6 * * *", execution_timezone="UTC")
def daily_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every morning after arXiv's nightly index: the trailing days, then everything downstream."""
    now = context.scheduled_execution_time or datetime.now(UTC)
    last = now.date() - timedelta(days=1)
    first = last - timedelta(days=TRAILING_DAYS - 1)
    return dg.RunRequest(run_key=last.isoformat(), tags=range_tags(first.isoformat(), last.isoformat()))
