"""resolved: which mentions are one person."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets import plots
from pipeline.assets.specs import WRITER_POOL, asset_key, fill, row_counts, table_spec, table_specs
from pipeline.resources import WarehouseResource
from pipeline.settings import Settings
from pipeline.steps import people, quality

READ = (
    "staging.mentions",
    "staging.works",
    "staging.work_topics",
    "staging.work_references",
    "resolved.corrections",
)
"""What the resolver reads."""

SCORE_COLUMNS = dg.TableSchema(
    [
        dg.TableColumn("gold_set"),
        dg.TableColumn("slice"),
        *(dg.TableColumn(name, "float") for name in quality.SHOWN_SCORES),
    ]
)
"""Columns of the scores shown beside the plots."""


@dg.multi_asset(
    name="people",
    specs=table_specs(people.TABLES, READ),
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


@dg.multi_asset(
    name="quality",
    specs=table_specs(quality.TABLES, (*people.TABLES, *READ)),
    pool=WRITER_POOL,
)
def resolution_quality(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult:
    """Measure the resolution: against gold that was hidden from it, and against what readers have now."""
    settings, place, run_id = Settings(), warehouse.open(), context.run.run_id
    gold, refused = quality.gold_files(settings.data / quality.GOLD_FOLDER)
    for sentence in refused:
        context.log.warning(sentence)
    with place.write() as con:
        figures = quality.measure(
            con, run_id=run_id, threads=settings.threads, published=place.published_path, gold=gold
        )
        pictured, scores = quality.pictured(con, run_id), quality.scores_table(con, run_id)
        rows = row_counts(con, quality.TABLES)
    pictures = {
        "cluster sizes": plots.cluster_sizes(pictured.sizes),
        "match weights": plots.match_weights(pictured.weights),
        "calibration": plots.calibration(pictured.calibration),
        "quality over runs": plots.quality_over_runs(pictured.runs),
    }
    return dg.MaterializeResult(
        asset_key=asset_key("resolved.quality"),
        metadata={
            "dagster/row_count": rows["resolved.quality"],
            **{name: dg.MetadataValue.md(picture) for name, picture in pictures.items()},
            "scores": dg.MetadataValue.table([dg.TableRecord(row) for row in scores], SCORE_COLUMNS),
            **figures,
        },
    )


corrections = table_spec("resolved.corrections", ())
"""Decisions by people: an asset that no run makes."""
