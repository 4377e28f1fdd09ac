"""Which day each record of a page belongs to, where the source is asked by spans of days."""

import contextlib
from datetime import date

from pipeline.sources.identifiers import normalise_openalex_id
from pipeline.sources.pages import Source
from pipeline.sources.parsing.atom import submission_days
from pipeline.sources.parsing.openalex import read_answer


def day_by_record(source: str, body: bytes) -> dict[str, date]:
    """Record id -> day, of every record that says so, whether it keeps the rules or not.

    The day is that of first submission for the arXiv API, of publication for OpenAlex's works; other sources are not
    asked by such a day and give nothing.
    """
    if source == Source.ARXIV_ATOM:
        return submission_days(body)
    return publication_days(body) if source == Source.OPENALEX_WORKS else {}


def publication_days(body: bytes) -> dict[str, date]:
    """OpenAlex id -> day of publication, of the works on a list or of the one asked for alone."""
    answer = read_answer(body)
    days = {}
    for item in answer.get("results", [answer]):
        identifier = normalise_openalex_id(str(item.get("id"))) if isinstance(item, dict) else None
        if identifier is not None:
            with contextlib.suppress(ValueError):
                days[identifier] = date.fromisoformat(str(item.get("publication_date")))
    return days
