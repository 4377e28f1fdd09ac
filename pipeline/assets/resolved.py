"""resolved: which mentions are one person."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.specs import WRITER_POOL, fill, table_spec, table_specs
from pipeline.resources import WarehouseResource
from pipeline.settings import Settings
from pipeline.steps import people


@dg.multi_asset(
    name="people",
    specs=table_specs(
        people.TABLES,
        (
            "staging.mentions",
            "staging.works",
            "staging.work_topics",
            "staging.work_references",
            "resolved.corrections",
        ),
    ),
    pool=WRITER_POOL,
)
def resolved_people(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """Decide which mentions are one person and carry the ids over from the last run."""
    threads = Settings().threads
    yield from fill(
        warehouse.open(),
        people.TABLES,
        lambda con: people.resolve_people(con, run_id=context.run.run_id, threads=threads),
    )


corrections = table_spec("resolved.corrections", ())
"""Decisions by people: an asset that no run makes."""
