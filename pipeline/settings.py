"""What the environment says: the only place that reads it.

Every variable is optional; `pipeline doctor` prints what is in force.
"""

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from warehouse import Limits, Warehouse

PROJECT = Path(__file__).parents[1]
"""The checkout: where dagster.yaml and the default data folder are."""

MEMORY_SHARE = 0.7
"""Part of the machine's memory DuckDB, polars and the resolver may use when nothing is said."""


def default_memory() -> str:
    """The share of this machine's memory that is ours, as DuckDB writes it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{int(total * MEMORY_SHARE / 2**20)}MiB"


AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)? ?([KMGT]i?B|%)", re.IGNORECASE)
"""An amount of memory that DuckDB reads, or a share of the machine's."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,8})?$")]
"""An ISO 639-1 code, as a translation service names a language: `fr`, `pt-BR`."""


class Settings(BaseSettings):
    """Configuration in force, from `PIPELINE_*` and `OPENALEX_API_KEY`."""

    model_config = SettingsConfigDict(env_prefix="PIPELINE_", env_ignore_empty=True, extra="ignore")

    data: Path = PROJECT / "warehouse" / "data"
    arxiv_url: str = "https://export.arxiv.org/api/query"
    oai_url: str = "https://oaipmh.arxiv.org/oai"
    openalex_url: str = "https://api.openalex.org"
    openalex_api_key: SecretStr | None = Field(default=None, validation_alias="OPENALEX_API_KEY")
    openalex_dollars: float | None = Field(default=None, ge=0)
    contact: str | None = None
    arxiv_categories: Annotated[tuple[str, ...], NoDecode] = ()
    translate_url: str | None = None
    translate_key: SecretStr | None = None
    translate_languages: Annotated[tuple[Language, ...], NoDecode] = ()
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    memory: str = Field(default_factory=default_memory)

    @field_validator("arxiv_categories", "translate_languages", mode="before")
    @classmethod
    def split_words(cls, value: object) -> object:
        """Take words separated by commas or spaces."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("arxiv_url", "oai_url", "openalex_url", "translate_url")
    @classmethod
    def web_address(cls, value: str | None) -> str | None:
        """Refuse what no client could ask."""
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return value

    @field_validator("memory")
    @classmethod
    def amount(cls, value: str) -> str:
        """Refuse what DuckDB would not take for an amount of memory."""
        if not AMOUNT.fullmatch(value):
            raise ValueError("it must be a number with a unit, such as 8GB or 500MiB, or a share, such as 50%")
        return value

    @field_validator("data")
    @classmethod
    def absolute(cls, value: Path) -> Path:
        """Take a relative folder from where the command was given."""
        return value.expanduser().absolute()

    @property
    def raw(self) -> Path:
        """Where raw pages are landed."""
        return self.data / "raw"

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse below the data folder, within the limits set; nothing is opened yet."""
        return Warehouse(self.data, Limits(threads=self.threads, memory=self.memory))
