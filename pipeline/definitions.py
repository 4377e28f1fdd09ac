"""The Dagster definitions, assembled and nothing else; tests pass their own resources to `build_definitions`."""

from typing import Any

import dagster as dg

from pipeline.assets import checks, marts, monitors, raw, related, resolved, staging
from pipeline.resources import (
    ArxivResource,
    LandingResource,
    OaiResource,
    OpenAlexResource,
    TranslatorResource,
    WarehouseResource,
)
from pipeline.schedules import DAILY, FETCH, IMPORT, IMPORT_OPENALEX, SEED, TRANSFORM, daily_schedule


def build_definitions(**resources: Any) -> dg.Definitions:
    """Every asset, check, job and schedule.

    Args:
        resources: Resources that stand in for the defaults, by key: warehouse, landing, arxiv, oai, openalex,
            translator.
    """
    defaults = {
        "warehouse": WarehouseResource(),
        "landing": LandingResource(),
        "arxiv": ArxivResource(),
        "oai": OaiResource(),
        "openalex": OpenAlexResource(),
        "translator": TranslatorResource(),
    }
    return dg.Definitions(
        assets=[*dg.load_assets_from_modules([raw, staging, resolved, marts, related]), resolved.corrections],
        asset_checks=dg.load_asset_checks_from_modules([checks, monitors]),
        jobs=[FETCH, SEED, IMPORT, IMPORT_OPENALEX, TRANSFORM, DAILY],
        schedules=[daily_schedule],
        resources=defaults | resources,
        # One process: the steps share one DuckDB writer anyway, and a process a step costs 3.5 s each.
        executor=dg.in_process_executor,
    )


defs = build_definitions()
