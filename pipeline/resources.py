"""Dagster resources: thin, they read the settings and hand out plain objects."""

import dagster as dg

from pipeline.settings import Settings
from pipeline.sources.arxiv import ArxivSource
from pipeline.sources.budget import Budget, account_of
from pipeline.sources.http import HttpPolicy
from pipeline.sources.landing import Landing
from pipeline.sources.ledger import LEDGER, Ledger
from pipeline.sources.oai import OaiSource
from pipeline.sources.openalex import OpenAlexSource
from pipeline.translations import LibreTranslate
from warehouse import Warehouse


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg] # the default is no value to hand out
    """The DuckDB warehouse below `PIPELINE_DATA`."""

    def open(self) -> Warehouse:
        """The warehouse that the environment names; nothing is opened yet."""
        return Settings().warehouse


class LandingResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The folder of raw pages below `PIPELINE_DATA`."""

    def open(self) -> Landing:
        """The landing that the environment names, without what killed writers left unfinished."""
        landing = Landing(Settings().raw)
        landing.sweep()
        return landing


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


class OaiResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """ArXiv's OAI-PMH at `PIPELINE_OAI_URL`."""

    def open(self, landing: Landing) -> OaiSource:
        """A client that keeps refused answers in the landing."""
        settings = Settings()
        return OaiSource(
            settings.data,
            url=settings.oai_url,
            policy=HttpPolicy(contact=settings.contact),
            categories=settings.arxiv_categories,
            refuse=landing.refuse,
        )


class OpenAlexResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The OpenAlex API at `PIPELINE_OPENALEX_URL`."""

    def open(self, landing: Landing) -> OpenAlexSource:
        """A client that keeps refused pages in the landing."""
        settings = Settings()
        key = settings.openalex_api_key.get_secret_value() if settings.openalex_api_key else None
        return OpenAlexSource(
            settings.data,
            url=settings.openalex_url,
            api_key=key,
            policy=HttpPolicy(contact=settings.contact),
            budget=Budget(
                dollars=settings.openalex_dollars,
                ledger=Ledger(landing.root / LEDGER),
                account=account_of(settings.openalex_url, key),
            ),
            refuse=landing.refuse,
        )


class TranslatorResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The translation service at `PIPELINE_TRANSLATE_URL`, where one is set."""

    def open(self) -> LibreTranslate | None:
        """A client of the service; null when none is configured."""
        settings = Settings()
        if settings.translate_url is None or not settings.translate_languages:
            return None
        key = settings.translate_key.get_secret_value() if settings.translate_key else None
        return LibreTranslate(settings.translate_url, key=key, policy=HttpPolicy(contact=settings.contact))
