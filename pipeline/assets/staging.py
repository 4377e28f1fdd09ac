"""staging: validated records, works and mentions, one row a thing."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.specs import WRITER_POOL, fill, table_specs
from pipeline.resources import LandingResource, WarehouseResource
from pipeline.steps import bylines, pages, works

RECORDS = (
    "staging.arxiv_records",
    "staging.arxiv_versions",
    "staging.openalex_works",
    "staging.openalex_institutions",
)


@dg.multi_asset(name="records", specs=table_specs(pages.RECORD_TABLES, ("raw.pages",)), pool=WRITER_POOL)
def source_records(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, landing: LandingResource
) -> Iterator[dg.MaterializeResult]:
    """Read every landed page that has not been read yet: parse, hold to the contracts, newest version wins."""
    place = warehouse.open()
    totals = pages.Received()
    for batch in pages.read_pages(place, landing.open(), run_id=context.run.run_id):
        totals += batch
        context.log.info("%s pages read, %s accepted, %s rejected", totals.pages, totals.accepted, totals.rejected)
    yield from fill(place, pages.RECORD_TABLES, lambda _: totals.as_counts())


@dg.multi_asset(name="works", specs=table_specs(works.TABLES, RECORDS), pool=WRITER_POOL)
def joined_works(warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """Join arXiv and OpenAlex records into works."""
    yield from fill(warehouse.open(), works.TABLES, works.build_works)


@dg.multi_asset(
    name="mentions",
    specs=table_specs(bylines.TABLES, ("staging.works", "staging.work_records", *RECORDS)),
    pool=WRITER_POOL,
)
def printed_names(warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """List the names printed on every work."""
    yield from fill(warehouse.open(), bylines.TABLES, bylines.build_mentions)
