"""raw: what the sources answered, landed as received."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import chain
from pathlib import Path

import dagster as dg
from pydantic import ValidationError

from pipeline.assets.specs import DAYS, OWNERS, WRITER_POOL, asset_key, fill, table_specs
from pipeline.resources import ArxivResource, LandingResource, OpenAlexResource, WarehouseResource
from pipeline.snapshots import land_snapshot
from pipeline.sources.arxiv import ArxivSource
from pipeline.sources.errors import (
    BudgetSpentError,
    KeyRefusedError,
    PlanRefusedError,
    QueryRefusedError,
    SourceError,
)
from pipeline.sources.landing import Landing
from pipeline.sources.openalex import OpenAlexSource
from pipeline.sources.pages import RawPage, Source
from pipeline.steps import fetching, pages

FETCHED = ("raw.arxiv_pages", "raw.openalex_pages", "raw.seed_pages", "raw.snapshot_pages")
"""The assets that land pages."""

PATIENT = dg.RetryPolicy(max_retries=2, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""On top of the session's own retries, for an outage of minutes."""

FINAL_REFUSALS = (BudgetSpentError, PlanRefusedError, KeyRefusedError, QueryRefusedError, ValidationError)
"""Refusals that waiting a few minutes cannot change."""


def span(context: dg.AssetExecutionContext) -> tuple[date, date]:
    """First and last day of the run's partitions."""
    keys = context.partition_key_range
    return date.fromisoformat(keys.start), date.fromisoformat(keys.end)


def described(since: date, until: date, counts: Mapping[str, float]) -> dict[str, float | str]:
    """Metadata of a fetch: the window and what came."""
    return {"window": f"{since}/{until}", **counts}


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what a source or the settings object to into a failure with one sentence, retried where waiting may help."""
    try:
        yield
    except FINAL_REFUSALS as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    except SourceError as error:
        raise dg.Failure(str(error)) from error


def land(landing: Landing, source: Source, window: str, answers: Iterable[RawPage]) -> dict[str, int]:
    """Land a window's pages and commit it when the last has come; nothing is committed when one fails."""
    landed = [landing.land(page) for page in answers]
    landing.commit(source, window, landed)
    return {"pages": len(landed), "received": sum(page.received for page in landed)}


def land_arxiv(landing: Landing, source: ArxivSource, since: date, until: date) -> dict[str, int]:
    """Land the papers first submitted from since to until; returns what came."""
    return land(landing, Source.ARXIV_ATOM, f"{since}/{until}", source.fetch(since, until))


def land_openalex(landing: Landing, source: OpenAlexSource, since: date, until: date) -> dict[str, float]:
    """Land what OpenAlex has of the span: works with a copy in arXiv, the landed papers' works, who they name."""
    window = f"{since}/{until}"
    found = fetching.Found()
    works = land(
        landing,
        Source.OPENALEX_WORKS,
        window,
        chain(
            found.watch(source.works_in_window(since, until)),
            found.watch(fetching.works_of_papers(source, fetching.papers_of(landing, since, until), found)),
        ),
    )
    authors = land(landing, Source.OPENALEX_AUTHORS, window, source.authors(sorted(found.author_ids)))
    institutions = land(
        landing, Source.OPENALEX_INSTITUTIONS, window, source.institutions(sorted(found.institution_ids))
    )
    return {
        "pages": works["pages"] + authors["pages"] + institutions["pages"],
        "works_received": works["received"],
        "works_found": len(found.work_ids),
        "authors_received": authors["received"],
        "institutions_received": institutions["received"],
        "calls": source.budget.calls,
        "spent_dollars": source.budget.spent_dollars,
    }


@dg.asset(
    key=["raw", "arxiv_pages"],
    group_name="raw",
    kinds={"arxiv", "file"},
    owners=OWNERS,
    partitions_def=DAYS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool="arxiv",
    retry_policy=PATIENT,
    code_version="1",
)
def arxiv_pages(
    context: dg.AssetExecutionContext, arxiv: ArxivResource, landing: LandingResource
) -> dg.MaterializeResult:
    """Pages of the arXiv API for the papers first submitted on a day, as received."""
    since, until = span(context)
    with plain_failures():
        place = landing.open()
        counts = land_arxiv(place, arxiv.open(place), since, until)
    return dg.MaterializeResult(metadata=described(since, until, counts))


@dg.asset(
    key=["raw", "openalex_pages"],
    group_name="raw",
    kinds={"openalex", "file"},
    owners=OWNERS,
    deps=[asset_key("raw.arxiv_pages")],
    partitions_def=DAYS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool="openalex",
    retry_policy=PATIENT,
    code_version="1",
)
def openalex_pages(
    context: dg.AssetExecutionContext, openalex: OpenAlexResource, landing: LandingResource
) -> dg.MaterializeResult:
    """Pages of OpenAlex about a day: works with a copy in arXiv, the day's papers, the people and places named."""
    since, until = span(context)
    with plain_failures():
        place = landing.open()
        counts = land_openalex(place, openalex.open(place), since, until)
    return dg.MaterializeResult(metadata=described(since, until, counts))


class Span(dg.Config):
    """Days of first submission, both included."""

    since: str
    until: str


@dg.asset(
    key=["raw", "seed_pages"],
    group_name="raw",
    kinds={"arxiv", "openalex", "file"},
    owners=OWNERS,
    pool="arxiv",
    retry_policy=PATIENT,
    code_version="1",
)
def seed_pages(
    config: Span, arxiv: ArxivResource, openalex: OpenAlexResource, landing: LandingResource
) -> dg.MaterializeResult:
    """Pages of both sources for one long span at once, for a first load of a small corpus: no partition a day.

    Dagster records each partition of a range by itself, some 15 ms a day and asset; a seed of years does without.
    """
    since, until = date.fromisoformat(config.since), date.fromisoformat(config.until)
    with plain_failures():
        place = landing.open()
        papers = land_arxiv(place, arxiv.open(place), since, until)
        works = land_openalex(place, openalex.open(place), since, until)
    return dg.MaterializeResult(metadata=described(since, until, {**works, **papers}))


class SnapshotFile(dg.Config):
    """The bulk file to land."""

    path: str
    source: str = Source.ARXIV_SNAPSHOT.value


@dg.asset(
    key=["raw", "snapshot_pages"],
    group_name="raw",
    kinds={"arxiv", "file"},
    owners=OWNERS,
    pool="snapshots",
    code_version="1",
)
def snapshot_pages(
    context: dg.AssetExecutionContext, config: SnapshotFile, landing: LandingResource
) -> dg.MaterializeResult:
    """Slices of a bulk file, whole lines as they stand in it."""
    landed = list(land_snapshot(Path(config.path), landing.open(), Source(config.source)))
    received = sum(page.received for page in landed)
    context.log.info("%s lines of %s in %s slices", received, config.path, len(landed))
    return dg.MaterializeResult(metadata={"file": config.path, "pages": len(landed), "received": received})


@dg.multi_asset(
    name="landed",
    specs=table_specs(pages.RAW_TABLES, FETCHED),
    pool=WRITER_POOL,
)
def landed_windows(warehouse: WarehouseResource, landing: LandingResource) -> Iterator[dg.MaterializeResult]:
    """List the landed windows and their pages in the warehouse."""
    place = landing.open()
    yield from fill(warehouse.open(), pages.RAW_TABLES, lambda con: pages.register_windows(con, place))
