"""Lines of the arXiv snapshot (the Kaggle data set `Cornell-University/arxiv`): one JSON object each.

The bulk door, so it is read with few steps per line. Not here: opening the file (`pipeline.snapshots`).
"""

from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from pipeline.sources.identifiers import split_arxiv_id
from pipeline.sources.pages import ParsedPage, Reject
from pipeline.sources.parsing.arxiv_fields import arxiv_record, iso_date, mail_date, version_number
from pipeline.sources.parsing.raw_byline import raw_authors
from pipeline.sources.records import ArxivRecord, RuleBrokenError, printed_name, rejected

_AFFILIATIONS_AT = 3


def parse_snapshot_lines(body: bytes) -> ParsedPage[ArxivRecord]:
    """Read whole lines of a snapshot file; blank lines are no records.

    Names come from `authors_parsed`, which has them in Unicode and split, put back in printed order; a line
    without it is split from `authors`. Where that has brackets, it tells the affiliations, too.
    """
    records: list[ArxivRecord] = []
    rejects: list[Reject] = []
    for line in body.splitlines():
        if not line.strip():
            continue
        identifier: str | None = None
        try:
            fields = _object(line)
            identifier = str(fields.get("id")) if "id" in fields else None
            records.append(_record(fields))
        except (RuleBrokenError, ValidationError) as error:
            rejects.append(rejected(error, identifier, line.decode("utf-8", errors="replace")))
    return ParsedPage(records, rejects)


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = from_json(line, cache_strings="keys")
    except ValueError as error:
        raise RuleBrokenError("not_json", f"The line is no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise RuleBrokenError("not_json", "The line is JSON but no object.")
    return value


def _record(fields: dict[str, Any]) -> ArxivRecord:
    identifier, _ = split_arxiv_id(_string(fields, "id"))
    if identifier is None:
        raise RuleBrokenError("bad_arxiv_id", "The line's id is no arXiv id.")
    versions = [_version(version) for version in _list(fields, "versions")]
    return arxiv_record(
        arxiv_id=identifier,
        title=fields.get("title") or "",
        abstract=_string(fields, "abstract") or None,
        comments=_string(fields, "comments") or None,
        journal_ref=fields.get("journal-ref"),
        doi=fields.get("doi"),
        license=fields.get("license"),
        submitter=fields.get("submitter"),
        report_no=fields.get("report-no"),
        authors=_authors(fields),
        categories=_string(fields, "categories"),
        versions=versions,
        **({} if versions else _dates_without_versions(fields)),
    )


def _string(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RuleBrokenError("bad_shape", f"{name} is no text.")
    return value


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise RuleBrokenError("bad_shape", f"{name} is no list.")
    return value


def _version(entry: Any) -> dict[str, Any]:
    try:
        return {"version": version_number(entry["version"]), "submitted_at": mail_date(entry["created"])}
    except (TypeError, KeyError, AttributeError):
        raise RuleBrokenError("bad_shape", "An entry of versions lacks its version or created.") from None


def _dates_without_versions(fields: dict[str, Any]) -> dict[str, Any]:
    """Take the day of the last change of the metadata, the only date left, for the update."""
    updated = _string(fields, "update_date")
    return {"last_updated_at": iso_date(updated)} if updated else {}


def _authors(fields: dict[str, Any]) -> list[dict[str, Any]]:
    parsed, byline = _list(fields, "authors_parsed"), fields.get("authors")
    if not parsed:
        return raw_authors(_string(fields, "authors"))
    try:
        return _with_affiliations([_author(parts) for parts in parsed], byline)
    except (TypeError, ValueError, AttributeError, KeyError):  # KeyError: since Python 3.12 a slice may be a dict's key
        raise RuleBrokenError("bad_shape", "authors_parsed holds something else than lists of texts.") from None


def _with_affiliations(authors: list[dict[str, Any]], byline: Any) -> list[dict[str, Any]]:
    """The authors with the affiliations that the author string tells, as arXivRaw does, which has only that.

    arXiv's split loses some that the string refers to by numbers.
    """
    if not isinstance(byline, str) or "(" not in byline:
        return authors
    told = raw_authors(byline)
    is_same = [printed_name(one["name"]) for one in told] == [printed_name(one["name"]) for one in authors]
    return told if is_same and any(one.get("affiliations") for one in told) else authors


def _author(parts: list[str]) -> dict[str, Any]:
    """Put `[family, given, suffix, affiliation...]` back in printed order."""
    family, given, suffix = (*parts[:_AFFILIATIONS_AT], "", "")[:_AFFILIATIONS_AT]
    author: dict[str, Any] = {"name": " ".join(part for part in (given, family, suffix) if part)}
    if len(parts) > _AFFILIATIONS_AT:
        author["affiliations"] = [part for part in parts[_AFFILIATIONS_AT:] if part.strip()]
    return author
