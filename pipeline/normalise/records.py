"""Source records to frames of the staging contracts, one row a record.

Texts come clean from the records' own validators; names are parsed here and nowhere later, so that the same record
gives the same row whichever door it came by. Rows that break a contract are split off by the caller.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from pipeline.names import parse_name
from pipeline.normalise.links import code_urls, dataset_urls
from pipeline.normalise.papers import frame_schema, paper_rows, papers_of, version_rows
from pipeline.schemas.staging import OpenAlexAuthors, OpenAlexInstitutions, OpenAlexWorks
from pipeline.sources.openalex_records import (
    OpenAlexAuthor,
    OpenAlexInstitution,
    OpenAlexInstitutionRef,
    OpenAlexWork,
)
from pipeline.sources.records import ArxivRecord

Row = dict[str, Any]


def arxiv_records(records: Sequence[ArxivRecord], *, source: str, page_id: str, fetched_at: datetime) -> pl.DataFrame:
    """One row a record, in the records' order; the columns of `ArxivRecords`, not yet held to its rules."""
    return paper_rows(papers_of(records).told, source=source, page_id=page_id, fetched_at=fetched_at)


def arxiv_versions(records: Sequence[ArxivRecord]) -> pl.DataFrame:
    """One row a version that a record tells of, sorted by key; of several accounts the one with most to say stays."""
    return version_rows(papers_of(records).versions)


def openalex_works(records: Sequence[OpenAlexWork], *, page_id: str, fetched_at: datetime) -> pl.DataFrame:
    """One row a record, in the records' order; the columns of `OpenAlexWorks`, not yet held to its rules."""
    rows = [openalex_work_row(record) | {"page_id": page_id, "fetched_at": fetched_at} for record in records]
    return pl.DataFrame(rows, schema=frame_schema(OpenAlexWorks))


def openalex_work_row(record: OpenAlexWork) -> Row:
    """The fields of one OpenAlex work but where they came from."""
    place = record.primary_location
    venue = place.source if place else None
    return {
        "openalex_id": record.id,
        "doi": record.doi,
        "arxiv_id": record.arxiv_id,
        "title": record.title,
        "abstract": record.abstract,
        "language": record.language,
        "work_type": record.type,
        "publication_year": record.publication_year,
        "publication_date": record.publication_date,
        "venue": venue.display_name if venue and venue.type != "repository" else None,
        "license": place.license if place else None,
        "is_open_access": record.open_access.is_oa if record.open_access else None,
        "is_retracted": bool(record.is_retracted),
        "cited_by_count": record.cited_by_count,
        "byline": [
            {
                **name_fields(authorship.raw_author_name or authorship.author.display_name or ""),
                "openalex_author_id": authorship.author.id,
                "orcid": authorship.raw_orcid,
                "affiliation": joined(authorship.raw_affiliation_strings),
                "institution_ids": [institution.id for institution in authorship.institutions],
            }
            for authorship in record.authorships
        ],
        "is_byline_truncated": bool(record.is_authors_truncated),
        "topics": [{"topic_id": topic.id, "topic_name": topic.display_name} for topic in record.topics],
        "keywords": [keyword.display_name for keyword in record.keywords if keyword.display_name],
        "code_urls": code_urls(record.abstract),
        "dataset_urls": dataset_urls(record.abstract),
        "referenced_works": record.referenced_works,
        "updated_at": record.updated_date,
    }


def openalex_authors(records: Sequence[OpenAlexAuthor], *, page_id: str, fetched_at: datetime) -> pl.DataFrame:
    """One row a profile, in the records' order; the columns of `OpenAlexAuthors`."""
    rows = [
        {
            "openalex_author_id": record.id,
            "display_name": record.display_name,
            "orcid": record.orcid,
            "name_alternatives": record.display_name_alternatives,
            "institution_ids": [institution.id for institution in record.last_known_institutions],
            "works_count": record.works_count,
            "updated_at": record.updated_date,
            "page_id": page_id,
            "fetched_at": fetched_at,
        }
        for record in records
    ]
    return pl.DataFrame(rows, schema=frame_schema(OpenAlexAuthors))


def openalex_institutions(
    records: Sequence[OpenAlexInstitution | OpenAlexInstitutionRef], *, page_id: str, fetched_at: datetime
) -> pl.DataFrame:
    """One row an institution, in the records' order; the columns of `OpenAlexInstitutions`."""
    rows = [
        {
            "institution_id": record.id,
            "ror": record.ror.rsplit("/", 1)[-1] if record.ror else None,
            "display_name": record.display_name,
            "country_code": record.country_code,
            "institution_type": record.type,
            "updated_at": record.updated_date if isinstance(record, OpenAlexInstitution) else None,
            "page_id": page_id,
            "fetched_at": fetched_at,
        }
        for record in records
    ]
    return pl.DataFrame(rows, schema=frame_schema(OpenAlexInstitutions))


def named_institutions(works: Sequence[OpenAlexWork], *, page_id: str, fetched_at: datetime) -> pl.DataFrame:
    """One row an institution that the works' authorships carry, sorted by id; the columns of `OpenAlexInstitutions`."""
    found = {
        institution.id: institution
        for work in sorted(works, key=lambda work: work.id)
        for authorship in work.authorships
        for institution in authorship.institutions
        if institution.id
    }
    return openalex_institutions([found[key] for key in sorted(found)], page_id=page_id, fetched_at=fetched_at)


def name_fields(printed: str) -> Row:
    """A printed name as the fields every byline holds."""
    name = parse_name(printed)
    return {
        "raw_name": name.raw,
        "given": name.given,
        "family": name.family,
        "suffix": name.suffix,
        "kind": name.kind.value,
    }


def joined(texts: Iterable[str | None]) -> str | None:
    """Texts joined by '; ', null when there are none."""
    return "; ".join(filter(None, texts)) or None
