"""arXiv papers as columns, the same whichever door they came by, and the staging rows made of them.

What belongs here: everything that is derived from a paper's own fields, such as the parts of its names and its links,
a column at a time. What does not: how a door spells a paper (`pipeline.sources.parsing`, `snapshot`).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from pipeline.names import NameKind, are_plain, parse_name
from pipeline.normalise.links import code_urls, dataset_urls
from pipeline.schemas import Table
from pipeline.schemas.staging import ArxivRecords, ArxivVersions
from pipeline.sources.records import ArxivRecord

Schema = dict[str, pl.DataType]


def frame_schema(contract: Table) -> Schema:
    """The polars schema of a contract."""
    return {name: column.dtype for name, column in contract.columns().items()}


_DERIVED: Final = frozenset({"source", "byline", "code_urls", "dataset_urls", "page_id", "fetched_at"})

PAPER: Final[Schema] = {name: dtype for name, dtype in frame_schema(ArxivRecords).items() if name not in _DERIVED} | {
    "names": pl.List(pl.String()),
    "affiliations": pl.List(pl.String()),
}
"""Columns of a paper as told: names as printed, at least one, each with its affiliations joined or null beside it."""

LINKS: Final = pl.List(pl.String())

_MAY_LINK: Final = r"(?i)://|(?:github|gitlab|bitbucket|zenodo|huggingface|kaggle)\."
"""What every text with a link (`pipeline.normalise.links`) holds, and few others."""


class Papers(NamedTuple):
    """Papers of one page and what they tell of their versions.

    Attributes:
        told: `PAPER`, one row a paper, in the page's order.
        versions: The columns of `ArxivVersions`, one row an account of a version, any order.
    """

    told: pl.DataFrame
    versions: pl.DataFrame


def papers_of(records: Sequence[ArxivRecord]) -> Papers:
    """Records as columns, in the records' order."""
    told = [
        {name: getattr(record, name) for name in PAPER if name not in {"names", "affiliations"}}
        | {
            "names": [author.name for author in record.authors],
            "affiliations": ["; ".join(filter(None, author.affiliations)) or None for author in record.authors],
        }
        for record in records
    ]
    versions = [
        {"arxiv_id": record.arxiv_id, **version.model_dump()} for record in records for version in record.versions
    ]
    return Papers(pl.DataFrame(told, schema=PAPER), pl.DataFrame(versions, schema=frame_schema(ArxivVersions)))


def paper_rows(told: pl.DataFrame, *, source: str, page_id: str, fetched_at: datetime) -> pl.DataFrame:
    """The columns of `ArxivRecords` of papers as told, in their order, not yet held to its rules."""
    schema = frame_schema(ArxivRecords)
    return told.with_columns(
        bylines(told["names"], told["affiliations"]),
        *links(told.select(pl.concat_str("abstract", "comments", separator=" ", ignore_nulls=True)).to_series()),
        source=pl.lit(source),
        page_id=pl.lit(page_id),
        fetched_at=pl.lit(fetched_at, dtype=schema["fetched_at"]),
    ).select(*schema)


def links(texts: pl.Series) -> pl.DataFrame:
    """The columns `code_urls` and `dataset_urls` of texts, empty lists where there are none."""
    rows = texts.alias("text").to_frame().with_row_index("row")
    linked = rows.filter(pl.col("text").str.contains(_MAY_LINK))
    found = linked.select(
        "row",
        pl.Series("code_urls", [code_urls(text) for text in linked["text"]], dtype=LINKS),
        pl.Series("dataset_urls", [dataset_urls(text) for text in linked["text"]], dtype=LINKS),
    )
    return rows.join(found, on="row", how="left", maintain_order="left").select(
        pl.col("code_urls", "dataset_urls").fill_null(pl.lit([], dtype=LINKS))
    )


def version_rows(versions: pl.DataFrame) -> pl.DataFrame:
    """One row a version told of, sorted by key; of several accounts the one with most to say stays."""
    return versions.sort("arxiv_id", "version", "size_bytes", "source_type", "submitted_at", nulls_last=True).unique(
        ["arxiv_id", "version"], keep="first", maintain_order=True
    )


def bylines(names: pl.Series, affiliations: pl.Series) -> pl.Series:
    """Names and affiliations, lists of the same lengths, as the column `byline`: one struct a name."""
    flat = pl.DataFrame({"names": names, "affiliation": affiliations}).with_row_index("paper")
    flat = flat.explode("names", "affiliation")
    parts = name_parts(flat["names"]).with_columns(flat["affiliation"]).to_struct("byline")
    return flat.select("paper", parts).group_by("paper", maintain_order=True).agg("byline")["byline"]


def name_parts(printed: pl.Series) -> pl.DataFrame:
    """Take printed names apart as `parse_name` does: plain ones as a column, the others one by one.

    Args:
        printed: Names as printed, cleaned, none null.

    Returns:
        `raw_name, given, family, suffix, kind`, one row a name, in the names' order.
    """
    name = pl.col("raw_name")
    names = printed.alias("raw_name").to_frame().with_columns(is_plain=are_plain(name))
    read = pl.DataFrame(
        [_parts(name) for name in names.filter(~pl.col("is_plain"))["raw_name"]],
        schema=dict.fromkeys(("given", "family", "suffix", "kind"), pl.String),
        orient="row",
    )
    places = (~names["is_plain"]).arg_true()
    as_plain = names.select(
        name.str.extract("^(.*) [^ ]+$").alias("given"),
        name.str.extract(" ([^ ]+)$").alias("family"),
        pl.lit(None, dtype=pl.String).alias("suffix"),
        pl.lit(NameKind.PERSON.value).alias("kind"),
    )
    parts = [as_plain[column].scatter(places, read[column]) for column in read.columns]
    return pl.DataFrame([names["raw_name"], *parts])


@lru_cache(maxsize=1 << 18)
def _parts(printed: str) -> tuple[str | None, str | None, str | None, str]:
    """Given names, family name, suffix and kind; kept, since a corpus prints its names again and again."""
    name = parse_name(printed)
    return name.given, name.family, name.suffix, name.kind.value
