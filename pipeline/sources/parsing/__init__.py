"""Parsers: the bytes of a page in, its records and rejects out.

Pure: no network, no clock, no order but the page's. A page is read record by record, and a record that breaks a rule
never takes its neighbours with it. `parse_page` knows which parser reads which source.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pipeline.sources.pages import ParsedPage, Source
from pipeline.sources.parsing.atom import parse_atom
from pipeline.sources.parsing.days import day_by_record
from pipeline.sources.parsing.oai import parse_oai
from pipeline.sources.parsing.openalex import parse_authors, parse_institutions, parse_works
from pipeline.sources.parsing.snapshot import parse_snapshot_lines

__all__ = [
    "day_by_record",
    "parse_atom",
    "parse_authors",
    "parse_institutions",
    "parse_oai",
    "parse_page",
    "parse_snapshot_lines",
    "parse_works",
]

_PARSERS: Final[Mapping[str, Callable[[bytes], ParsedPage[Any]]]] = {
    Source.ARXIV_ATOM: parse_atom,
    Source.ARXIV_OAI: parse_oai,
    Source.ARXIV_SNAPSHOT: parse_snapshot_lines,
    Source.OPENALEX_WORKS: parse_works,
    Source.OPENALEX_AUTHORS: parse_authors,
    Source.OPENALEX_INSTITUTIONS: parse_institutions,
}


def parse_page(source: str, body: bytes) -> ParsedPage[Any]:
    """Read a page of `source`.

    Args:
        source: A `Source`, which decides the type of the records: `ArxivRecord` for the three arXiv doors,
            else the OpenAlex model of that name.
        body: The page as landed.

    Raises:
        ValueError: there is no such source, or the page as a whole cannot be read (`PageError`); a landed
            page can, for the clients refuse the others.
    """
    parser = _PARSERS.get(source)
    if parser is None:
        raise ValueError(f"There is no source {source!r}; the sources are {', '.join(_PARSERS)}.")
    return parser(body)
