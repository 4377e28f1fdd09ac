"""raw: what the sources answered, landed as received."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path

import dagster as dg

from pipeline.assets.specs import DAYS, OWNERS, WRITER_POOL, asset_key, fill, table_specs
from pipeline.resources import ArxivResource, LandingResource, OpenAlexResource, WarehouseResource
from pipeline.snapshots import land_snapshot
from pipeline.sources.errors import BudgetSpentError, KeyRefusedError, PlanRefusedError, SourceError
from pipeline.sources.landing import LandedPage, Landing
from pipeline.sources.pages import RawPage, Source
from pipeline.steps import fetching, pages

PATIENT = dg.RetryPolicy(max_retries=2, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
"""On top of the session's own retries, for an outage of minutes."""

FINAL_REFUSALS = (BudgetSpentError, PlanRefusedError, KeyRefusedError)
"""Refusals that waiting a few minutes cannot change."""


def span(context: dg.AssetExecutionContext) -> tuple[date, date]:
    """First and last day of the run's partitions."""
    keys = context.partition_key_range
    return date.fromisoformat(keys.start), date.fromisoformat(keys.end)


def land(landing: Landing, source: Source, window: str, answers: Iterable[RawPage]) -> dict[str, int]:
    """Land a window's pages and commit it when the last has come; nothing is committed when one fails."""
    landed: list[LandedPage] = []
    try:
        landed.extend(landing.land(page) for page in answers)
    except FINAL_REFUSALS as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    except SourceError as error:
        raise dg.Failure(str(error)) from error
    landing.commit(source, window, landed)
    return {"pages": len(landed), "received": sum(page.received for page in landed)}


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
    place = landing.open()
    counts = land(place, Source.ARXIV_ATOM, f"{since}/{until}", arxiv.open(place).fetch(since, until))
    context.log.info(f"{counts['received']} papers from {since} to {until} on {counts['pages']} pages")
    return dg.MaterializeResult(metadata={"window": f"{since}/{until}", **counts})


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
    """Pages of OpenAlex for the works with a copy in arXiv of a day, for the day's papers, and who and where they name."""
    since, until = span(context)
    window = f"{since}/{until}"
    place = landing.open()
    source = openalex.open(place)
    found = fetching.Found()
    works = land(
        place,
        Source.OPENALEX_WORKS,
        window,
        chain(
            found.watch(source.works_in_window(since, until)),
            found.watch(fetching.works_of_papers(source, fetching.papers_of(place, since, until), found)),
        ),
    )
    authors = land(place, Source.OPENALEX_AUTHORS, window, source.authors(sorted(found.author_ids)))
    institutions = land(place, Source.OPENALEX_INSTITUTIONS, window, source.institutions(sorted(found.institution_ids)))
    context.log.info(f"{len(found.work_ids)} works from {window}, {source.budget.calls} calls")
    return dg.MaterializeResult(
        metadata={
            "window": window,
            "pages": works["pages"] + authors["pages"] + institutions["pages"],
            "works_received": works["received"],
            "works_found": len(found.work_ids),
            "authors_received": authors["received"],
            "institutions_received": institutions["received"],
            "calls": source.budget.calls,
            "spent_dollars": source.budget.spent_dollars,
        }
    )


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
    context.log.info(f"{received} lines of {config.path} in {len(landed)} slices")
    return dg.MaterializeResult(metadata={"file": config.path, "pages": len(landed), "received": received})


@dg.multi_asset(
    name="landed",
    specs=table_specs(pages.RAW_TABLES, ("raw.arxiv_pages", "raw.openalex_pages", "raw.snapshot_pages")),
    pool=WRITER_POOL,
)
def landed_windows(warehouse: WarehouseResource, landing: LandingResource) -> Iterator[dg.MaterializeResult]:
    """List the landed windows and their pages in the warehouse."""
    place = landing.open()
    yield from fill(warehouse.open(), pages.RAW_TABLES, lambda con: pages.register_windows(con, place))
