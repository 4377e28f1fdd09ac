"""marts: related papers and the graph around papers and people."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets import pictures
from pipeline.assets.specs import WRITER_POOL, asset_key, fill, results, row_counts, table_specs
from pipeline.resources import WarehouseResource
from pipeline.schemas import VIEWS
from pipeline.settings import Settings
from pipeline.steps import graph, related


@dg.multi_asset(
    name="related",
    specs=table_specs(related.TABLES, ("staging.works", "staging.work_references")),
    pool=WRITER_POOL,
)
def related_papers(warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """Up to 200 related papers of every paper, each with what the two share."""
    threads = Settings().threads
    yield from fill(
        warehouse.open(), related.TABLES, lambda con: related.relate_papers(con, threads=threads), pictures.shown
    )


@dg.multi_asset(
    name="graph",
    specs=table_specs(
        graph.TABLES,
        (
            "staging.works",
            "staging.work_topics",
            "staging.work_references",
            "staging.work_texts",
            "staging.mention_institutions",
            "staging.institutions",
            "resolved.author_redirects",
            "marts.papers",
            "marts.authors",
            "marts.author_works",
            "marts.collaborators",
            "marts.related_papers",
        ),
    ),
    pool=WRITER_POOL,
)
def research_graph(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """What surrounds every paper and every author: papers, people, topics, institutions."""
    with warehouse.open().write() as con:
        counts = graph.build_graph(con, run_id=context.run.run_id)
        rows, shown = row_counts(con, graph.FILLED), pictures.shown(con, graph.TABLES)
    yield from results(rows, counts, shown)
    # To count the edges is to make all of them; they are made where they are read.
    yield from (dg.MaterializeResult(asset_key=asset_key(name), metadata=shown[name]) for name in sorted(VIEWS))
