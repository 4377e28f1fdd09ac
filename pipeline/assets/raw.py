"""raw: what the sources answered, landed as received."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field, ValidationError

from pipeline.assets.specs import DAYS, OWNERS, WRITER_POOL, asset_key, fill, table_specs
from pipeline.resources import ArxivResource, LandingResource, OaiResource, OpenAlexResource, WarehouseResource
from pipeline.snapshots import ImportFileError
from pipeline.snapshots.openalex import SOURCES as KINDS
from pipeline.sources.errors import (
    BudgetSpentError,
    KeyRefusedError,
    LandingError,
    PlanRefusedError,
    QueryRefusedError,
    SourceError,
)
from pipeline.sources.ledger import LEDGER, Ledger
from pipeline.sources.pages import Source
from pipeline.steps import fetching, importing, pages

FETCHED = (
    "raw.arxiv_pages",
    "raw.arxiv_changes",
    "raw.openalex_pages",
    "raw.seed_pages",
    "raw.snapshot_pages",
    "raw.openalex_snapshot_pages",
)
"""The assets that land pages."""

PATIENT = dg.RetryPolicy(max_retries=2, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""On top of the session's own retries, for an outage of minutes."""

FINAL_REFUSALS = (
    BudgetSpentError,
    PlanRefusedError,
    KeyRefusedError,
    QueryRefusedError,
    LandingError,
    ImportFileError,
    ValidationError,
)
"""Refusals that waiting a few minutes cannot change; a disk is not emptied by itself."""


def landing_asset(
    name: str,
    *sources: str,
    pool: str,
    by_day: bool = False,
    is_remote: bool = True,
    deps: Iterable[dg.AssetKey] = (),
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Declare an asset that lands pages.

    Args:
        name: Its name in the layer.
        sources: Whose pages they are.
        pool: Its pool.
        by_day: Its partitions are days; a range of them is one run.
        is_remote: The pages come over the network, where an outage of minutes may pass.
        deps: Assets that have to be made before it.
    """
    return dg.asset(
        key=["raw", name],
        group_name="raw",
        kinds={*sources, "file"},
        owners=OWNERS,
        deps=deps,
        partitions_def=DAYS if by_day else None,
        backfill_policy=dg.BackfillPolicy.single_run() if by_day else None,
        pool=pool,
        retry_policy=PATIENT if is_remote else None,
        code_version="1",
    )


def span(context: dg.AssetExecutionContext) -> tuple[date, date]:
    """First and last day of the run's partitions."""
    keys = context.partition_key_range
    return date.fromisoformat(keys.start), date.fromisoformat(keys.end)


def result(
    context: dg.AssetExecutionContext, since: date, until: date, fetched: fetching.Fetched, things: str
) -> dg.MaterializeResult:
    """What a fetch of partitions shows: on each day its own count of things, on all of them what the run brought."""
    for day, count in fetched.days.items():
        context.add_asset_metadata({things: count, "dagster/partition_row_count": count}, partition_key=day.isoformat())
    counts = shown(since, until, fetched)
    return dg.MaterializeResult(metadata={f"run_{name}": value for name, value in counts.items()})


def shown(since: date, until: date, fetched: fetching.Fetched) -> dict[str, float | str]:
    """What a fetch brought, as metadata."""
    return {"window": f"{since}/{until}", "pages": fetched.pages, "received": fetched.received, **fetched.notes}


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what a source or the settings object to into a failure with one sentence, retried where waiting may help."""
    try:
        yield
    except FINAL_REFUSALS as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    except SourceError as error:
        raise dg.Failure(str(error)) from error


@landing_asset("arxiv_pages", "arxiv", pool="arxiv", by_day=True)
def arxiv_pages(
    context: dg.AssetExecutionContext, arxiv: ArxivResource, landing: LandingResource
) -> dg.MaterializeResult:
    """Pages of the arXiv API for the papers first submitted on a day, as received."""
    since, until = span(context)
    with plain_failures():
        place = landing.open()
        fetched = fetching.land_papers(place, arxiv.open(place), since, until)
    return result(context, since, until, fetched, "papers")


class Changes(dg.Config):
    """How changes are fetched."""

    again: bool = Field(default=False, description="Fetch days whose list is final, too.")


@landing_asset("arxiv_changes", "arxiv", pool="arxiv", by_day=True)
def arxiv_changes(
    context: dg.AssetExecutionContext, config: Changes, oai: OaiResource, landing: LandingResource
) -> dg.MaterializeResult:
    """Answers of arXiv's OAI-PMH for the records that changed on a day: versions, licence, submitter, withdrawals.

    A paper has one datestamp, that of its last change: a day's list shrinks as its papers change again later.
    """
    since, until = span(context)
    with plain_failures():
        place = landing.open()
        fetched = fetching.land_changes(place, oai.open(place), since, until, again=config.again)
    return result(context, since, until, fetched, "changes")


@landing_asset(
    "openalex_pages",
    "openalex",
    pool="openalex",
    by_day=True,
    deps=(asset_key("raw.arxiv_pages"), asset_key("raw.arxiv_changes")),
)
def openalex_pages(
    context: dg.AssetExecutionContext, openalex: OpenAlexResource, landing: LandingResource
) -> dg.MaterializeResult:
    """Pages of OpenAlex about a day: works with a copy in arXiv, the day's papers, the people and places named."""
    since, until = span(context)
    with plain_failures():
        place = landing.open()
        fetched = fetching.land_works(place, Ledger(place.root / LEDGER), openalex.open(place), since, until)
    if "budget_spent" in fetched.notes:
        context.log.warning(
            "OpenAlex's budget of the day is spent: %s authors and institutions wait for the next run.",
            fetched.notes["things_waiting"],
        )
    return result(context, since, until, fetched, "works")


class Span(dg.Config):
    """Days of first submission, both included."""

    since: str
    until: str


@landing_asset("seed_pages", "arxiv", "openalex", pool="arxiv")
def seed_pages(
    config: Span, arxiv: ArxivResource, openalex: OpenAlexResource, landing: LandingResource
) -> dg.MaterializeResult:
    """Pages of both sources for one long span at once, for a first load of a small corpus: no partition a day.

    Dagster records each partition of a range by itself, some 40 ms a day and asset; a seed of years does without.
    """
    since, until = date.fromisoformat(config.since), date.fromisoformat(config.until)
    with plain_failures():
        place = landing.open()
        papers = fetching.land_papers(place, arxiv.open(place), since, until)
        works = fetching.land_works(
            place,
            Ledger(place.root / LEDGER),
            openalex.open(place),
            since,
            until,
            part_days=(until - since).days + 1,
        )
    return dg.MaterializeResult(metadata={**works.notes, **shown(since, until, papers)})


class SnapshotFile(dg.Config):
    """The bulk file to land."""

    path: str
    source: str = Source.ARXIV_SNAPSHOT.value


@landing_asset("snapshot_pages", "arxiv", pool="snapshots", is_remote=False)
def snapshot_pages(
    context: dg.AssetExecutionContext, config: SnapshotFile, landing: LandingResource
) -> dg.MaterializeResult:
    """Slices of a bulk file, whole lines as they stand in it."""
    with plain_failures():
        landed = importing.land_file(Path(config.path), landing.open(), Source(config.source))
    context.log.info("%s lines of %s in %s slices", landed.received, config.path, landed.pages)
    return dg.MaterializeResult(metadata={"file": config.path, **landed._asdict()})


class SnapshotFolder(dg.Config):
    """The OpenAlex snapshot to land, and what of it."""

    path: str
    kinds: list[str] = Field(default=list(KINDS), description="Its folders to read: works, authors, institutions.")
    everything: bool = Field(default=False, description="Land every record, not what joins the arXiv papers here.")


@landing_asset("openalex_snapshot_pages", "openalex", pool=WRITER_POOL, is_remote=False)
def openalex_snapshot_pages(
    config: SnapshotFolder, warehouse: WarehouseResource, landing: LandingResource
) -> dg.MaterializeResult:
    """Lines of an OpenAlex snapshot that are wanted here, as they stand in it."""
    with plain_failures():
        landed = importing.land_parts(
            Path(config.path),
            warehouse.open(),
            landing.open(),
            kinds=tuple(config.kinds),
            everything=config.everything,
        )
    return dg.MaterializeResult(metadata={"folder": config.path, **landed._asdict()})


@dg.multi_asset(
    name="landed",
    specs=table_specs(pages.RAW_TABLES, FETCHED),
    pool=WRITER_POOL,
)
def landed_windows(warehouse: WarehouseResource, landing: LandingResource) -> Iterator[dg.MaterializeResult]:
    """List the landed windows and their pages in the warehouse."""
    place = landing.open()
    yield from fill(warehouse.open(), pages.RAW_TABLES, lambda con: pages.register_windows(con, place))
