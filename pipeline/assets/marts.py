"""marts: answers for the pages of an app."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.specs import WRITER_POOL, asset_key, fill, table_specs
from pipeline.resources import WarehouseResource
from pipeline.schemas import TABLES, layer
from pipeline.steps import papers, profiles

PEOPLE = (
    "resolved.author_mentions",
    "staging.mentions",
    "staging.works",
    "staging.work_topics",
    "staging.work_references",
)


@dg.multi_asset(name="profiles", specs=table_specs(profiles.TABLES, PEOPLE), pool=WRITER_POOL)
def author_profiles(warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """Works, collaborators, trust reasons and profiles of every author."""
    yield from fill(warehouse.open(), profiles.TABLES, profiles.build_profiles)


@dg.multi_asset(
    name="papers",
    specs=table_specs(papers.TABLES, (*PEOPLE, "staging.work_versions", "staging.mention_institutions")),
    pool=WRITER_POOL,
)
def paper_pages(warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """A page for every paper."""
    yield from fill(warehouse.open(), papers.TABLES, papers.build_papers)


@dg.asset(
    key=["marts", "warehouse_file"],
    group_name="marts",
    kinds={"duckdb", "file"},
    owners=["team:warehouse"],
    code_version="1",
    deps=[asset_key(name) for name in TABLES if layer(name) == "marts" or name == "resolved.quality"],
    pool=WRITER_POOL,
)
def warehouse_file(warehouse: WarehouseResource) -> dg.MaterializeResult:
    """The published DuckDB file that analysts open, replaced whole; readers of the old one keep their view."""
    place = warehouse.open()
    return dg.MaterializeResult(metadata={"path": str(place.published_path), "size_bytes": place.publish()})
