"""staging: validated records, works and mentions, one row a thing."""

from collections.abc import Iterator

import dagster as dg

from pipeline.assets.specs import OWNERS, WRITER_POOL, asset_key, fill, table_specs
from pipeline.resources import LandingResource, TranslatorResource, WarehouseResource
from pipeline.settings import Settings
from pipeline.steps import bylines, pages, texts, works

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
    workers = Settings().threads
    for batch in pages.read_pages(place, landing.open(), run_id=context.run.run_id, workers=workers):
        totals += batch
        context.log.info("%s pages read, %s accepted, %s rejected", totals.pages, totals.accepted, totals.rejected)
    yield from fill(place, pages.RECORD_TABLES, lambda _: totals.as_counts())


@dg.multi_asset(name="works", specs=table_specs(works.TABLES, RECORDS), pool=WRITER_POOL)
def joined_works(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """Join arXiv and OpenAlex records into works."""
    run_id = context.run.run_id
    yield from fill(warehouse.open(), works.TABLES, lambda con: works.build_works(con, run_id=run_id))


@dg.multi_asset(
    name="mentions",
    specs=table_specs(bylines.TABLES, ("staging.works", "staging.work_records", *RECORDS)),
    pool=WRITER_POOL,
)
def printed_names(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """List the names printed on every work."""
    run_id = context.run.run_id
    yield from fill(warehouse.open(), bylines.TABLES, lambda con: bylines.build_mentions(con, run_id=run_id))


@dg.multi_asset(
    name="texts",
    specs=table_specs(texts.TABLES, ("staging.works", "staging.work_records", "staging.openalex_works")),
    pool=WRITER_POOL,
)
def texts_in_other_languages(warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult]:
    """List the texts that records carry in other languages than English."""
    yield from fill(warehouse.open(), texts.TABLES, texts.build_texts)


@dg.asset(
    key=["staging", "translations"],
    group_name="staging",
    kinds={"duckdb"},
    owners=OWNERS,
    deps=[asset_key("staging.work_texts"), asset_key("staging.field_sources")],
    check_specs=[
        dg.AssetCheckSpec(
            "service_translates",
            asset=["staging", "translations"],
            description="The translation service took every abstract it was given, or none is configured.",
        )
    ],
    pool=WRITER_POOL,
    code_version="1",
)
def translations(warehouse: WarehouseResource, translator: TranslatorResource) -> dg.MaterializeResult:
    """Abstracts that a machine translated, rows of staging.work_texts; none unless a service is configured."""
    service, languages = translator.open(), Settings().translate_languages
    done = texts.translate_abstracts(warehouse.open(), service, languages) if service else texts.Translated()
    return dg.MaterializeResult(
        metadata={
            "service": service.name if service else "none is configured",
            "languages": ", ".join(languages),
            "translated": done.translated,
            "refused": done.refused,
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="service_translates",
                passed=not done.stopped_by and not done.refused,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"refused": done.refused, "stopped by": " ".join(done.stopped_by)},
            )
        ],
    )
