"""marts: answers for the pages of an app."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets import pictures
from pipeline.assets.specs import WRITER_POOL, asset_key, fill, table_specs
from pipeline.resources import WarehouseResource
from pipeline.schemas import TABLES, layer
from pipeline.settings import Settings
from pipeline.steps import changes_made, papers, profiles

PEOPLE = (
    "resolved.author_mentions",
    "staging.mentions",
    "staging.works",
    "staging.work_topics",
    "staging.work_references",
)


@dg.multi_asset(name="profiles", specs=table_specs(profiles.TABLES, PEOPLE), pool=WRITER_POOL)
def author_profiles(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """Works, collaborators, trust reasons and profiles of every author."""
    run_id = context.run.run_id
    yield from fill(
        warehouse.open(), profiles.TABLES, lambda con: profiles.build_profiles(con, run_id=run_id), pictures.shown
    )


@dg.multi_asset(
    name="papers",
    specs=table_specs(
        papers.TABLES,
        (*PEOPLE, "staging.work_versions", "staging.mention_institutions", "marts.author_works"),
    ),
    pool=WRITER_POOL,
)
def paper_pages(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """A page for every paper."""
    run_id, workers = context.run.run_id, Settings().threads
    yield from fill(
        warehouse.open(),
        papers.TABLES,
        lambda con: papers.build_papers(con, run_id=run_id, workers=workers),
        pictures.shown,
    )


@dg.multi_asset(
    name="changes",
    specs=table_specs(
        changes_made.TABLES, ("marts.papers", "marts.authors", "marts.topics", "resolved.author_history")
    ),
    pool=WRITER_POOL,
)
def changes_of_the_run(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult]:
    """What this run changed: works, people, trust scores."""
    run_id = context.run.run_id
    yield from fill(
        warehouse.open(),
        changes_made.TABLES,
        lambda con: changes_made.build_changes(con, run_id=run_id),
        pictures.shown,
    )


@dg.asset(
    key=["marts", "warehouse_file"],
    group_name="marts",
    kinds={"duckdb", "file"},
    owners=["team:warehouse"],
    code_version="1",
    deps=[
        asset_key("staging.translations"),
        *(asset_key(name) for name in TABLES if layer(name) == "marts" or name == "resolved.quality"),
    ],
    pool=WRITER_POOL,
)
def warehouse_file(warehouse: WarehouseResource) -> dg.MaterializeResult:
    """The published DuckDB file that analysts open, replaced whole; readers of the old one keep their view."""
    place = warehouse.open()
    return dg.MaterializeResult(metadata={"path": str(place.published_path), "size_bytes": place.publish()})
