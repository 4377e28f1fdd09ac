"""Jobs and the daily schedule."""

from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)

from pipeline.steps import pages

TRAILING_DAYS = 7
"""Days read again each day: a paper appears in arXiv's search one to several days after its submission."""

FETCHED = ("arxiv_pages", "arxiv_changes", "openalex_pages")
"""The assets of the raw layer that have a partition a day."""

_FETCHED = dg.AssetSelection.assets(*(["raw", name] for name in FETCHED))
_SEEDED = dg.AssetSelection.assets(["raw", "seed_pages"])
_IMPORTED = dg.AssetSelection.assets(["raw", "snapshot_pages"])
_IMPORTED_PARTS = dg.AssetSelection.assets(["raw", "openalex_snapshot_pages"])
_READ = dg.AssetSelection.assets(*(table.split(".") for table in (*pages.RAW_TABLES, *pages.RECORD_TABLES)))

FETCH = dg.define_asset_job("fetch", selection=_FETCHED, description="Fetch days from the sources.")
TRANSFORM = dg.define_asset_job(
    "transform",
    selection=dg.AssetSelection.all() - _FETCHED - _SEEDED - _IMPORTED - _IMPORTED_PARTS,
    description="From landed pages to the published warehouse.",
)
IMPORT = dg.define_asset_job(
    "import_snapshot", selection=_IMPORTED | _READ, description="Land a bulk file and read it into staging."
)
IMPORT_OPENALEX = dg.define_asset_job(
    "import_openalex",
    selection=_IMPORTED_PARTS | _READ,
    description="Land what is wanted of an OpenAlex snapshot and read it into staging.",
)
SEED = dg.define_asset_job("seed", selection=_SEEDED, description="Fetch one long span at once, without partitions.")
DAILY = dg.define_asset_job(
    "daily",
    selection=dg.AssetSelection.all() - _SEEDED - _IMPORTED - _IMPORTED_PARTS,
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
