"""Answers of the OpenAlex API, and parts of its snapshot, as OpenAlex's own objects.

A page is one of: a list answer (`{"meta": ..., "results": [...]}`), one object asked for alone, or lines with
one object each (snapshot parts, exported files). Not here: asking (`sources.openalex`).
"""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from pipeline.sources.openalex_records import OpenAlexAuthor, OpenAlexInstitution, OpenAlexWork
from pipeline.sources.pages import ParsedPage, Reject
from pipeline.sources.parsing.xml import PageError
from pipeline.sources.records import Record, RuleBrokenError, rejected

R = TypeVar("R", bound=Record)


def parse_works(body: bytes) -> ParsedPage[OpenAlexWork]:
    """Read a page of works; see `_parse`."""
    return _parse(OpenAlexWork, body)


def parse_authors(body: bytes) -> ParsedPage[OpenAlexAuthor]:
    """Read a page of authors; see `_parse`."""
    return _parse(OpenAlexAuthor, body)


def parse_institutions(body: bytes) -> ParsedPage[OpenAlexInstitution]:
    """Read a page of institutions; see `_parse`."""
    return _parse(OpenAlexInstitution, body)


def read_answer(body: bytes) -> dict[str, Any]:
    """Return one answer of the API.

    Raises:
        PageError: the bytes are no JSON object, or one that is neither a list answer nor a thing with an id.
    """
    try:
        answer = from_json(body)
    except ValueError as error:
        raise PageError(f"The answer is no JSON: {error}.") from error
    if not isinstance(answer, dict) or not (isinstance(answer.get("results"), list) or "id" in answer):
        raise PageError("The answer is JSON but neither a list of results nor one object.")
    return answer


def _parse(model: type[R], body: bytes) -> ParsedPage[R]:
    """Read a page; bytes that are no JSON at all are one reject per line."""
    records: list[R] = []
    rejects: list[Reject] = []
    for item in _items(body):
        if isinstance(item, Reject):
            rejects.append(item)
            continue
        try:
            records.append(model.model_validate(item))
        except ValidationError as error:
            identifier = item.get("id") if isinstance(item, dict) else None
            payload = to_json(item).decode("utf-8")
            rejects.append(rejected(error, identifier if isinstance(identifier, str) else None, payload))
    return ParsedPage(records, rejects)


def _items(body: bytes) -> Iterator[Any]:
    first, _, rest = body.lstrip().partition(b"\n")
    try:
        answer = from_json(first if rest.strip() else body)
    except ValueError:
        # Not lines, unless the first of them is broken: an answer may be printed over many lines.
        try:
            answer = from_json(body)
        except ValueError:
            yield from _lines(body)
            return
    else:
        if rest.strip():
            yield from _lines(body)
            return
    results = answer.get("results") if isinstance(answer, dict) else None
    if isinstance(results, list):
        yield from results
    else:
        yield answer


def _lines(body: bytes) -> Iterator[Any]:
    for line in body.splitlines():
        if not line.strip():
            continue
        try:
            yield from_json(line)
        except ValueError as error:
            broken = RuleBrokenError("not_json", f"The line is no JSON: {error}.")
            yield rejected(broken, None, line.decode("utf-8", errors="replace"))
