"""Dagster resources: thin, they read the settings and hand out plain objects."""

import dagster as dg

from pipeline.settings import Settings
from pipeline.sources.arxiv import ArxivSource
from pipeline.sources.http import HttpPolicy
from pipeline.sources.landing import Landing
from pipeline.sources.openalex import OpenAlexSource
from warehouse import Warehouse


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg] # the default is no value to hand out
    """The DuckDB warehouse below `PIPELINE_DATA`."""

    def open(self) -> Warehouse:
        """The warehouse that the environment names; nothing is opened yet."""
        return Settings().warehouse


class LandingResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder of raw pages below `PIPELINE_DATA`."""

    def open(self) -> Landing:
        """The landing that the environment names."""
        return Landing(Settings().raw)


class ArxivResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The arXiv API at `PIPELINE_ARXIV_URL`."""

    def open(self, landing: Landing) -> ArxivSource:
        """A client that keeps refused pages in the landing."""
        settings = Settings()
        return ArxivSource(
            settings.data,
            url=settings.arxiv_url,
            policy=HttpPolicy(contact=settings.contact),
            categories=settings.arxiv_categories,
            refuse=landing.refuse,
        )


class OpenAlexResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The OpenAlex API at `PIPELINE_OPENALEX_URL`."""

    def open(self, landing: Landing) -> OpenAlexSource:
        """A client that keeps refused pages in the landing."""
        settings = Settings()
        key = settings.openalex_api_key
        return OpenAlexSource(
            settings.data,
            url=settings.openalex_url,
            api_key=key.get_secret_value() if key else None,
            policy=HttpPolicy(contact=settings.contact),
            refuse=landing.refuse,
        )
