"""OAI-PMH answers of arXiv in the formats `arXivRaw` and `arXiv`.

`arXivRaw` is the richer one: every version, the submitter; its byline is one string and its accents are TeX.
`arXiv` has the names split. Both put the MSC class into `<acm-class>` (a fault of arXiv's template, August
2026), so neither class is read. Not here: asking for the answers (`sources.oai`).
"""

from dataclasses import dataclass
from typing import Any

from lxml import etree
from pydantic import ValidationError

from pipeline.sources.identifiers import split_arxiv_id
from pipeline.sources.pages import ParsedPage, Reject
from pipeline.sources.parsing.arxiv_fields import (
    arxiv_record,
    iso_date,
    mail_date,
    size_in_bytes,
    version_number,
)
from pipeline.sources.parsing.raw_byline import raw_authors
from pipeline.sources.parsing.xml import PageError, all_text, excerpt, read_xml, text_of, whole_number
from pipeline.sources.records import ArxivRecord, RuleBrokenError, rejected

_NAMESPACES = {
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "raw": "http://arxiv.org/OAI/arXivRaw/",
    "arxiv": "http://arxiv.org/OAI/arXiv/",
}
_ROOT = f"{{{_NAMESPACES['oai']}}}OAI-PMH"


@dataclass(frozen=True, slots=True)
class OaiSummary:
    """What an answer says about itself.

    Attributes:
        error: Code of its error, as `noRecordsMatch`; null when it has none.
        detail: What the error says.
        identifiers: OAI identifiers of its records, in page order.
        resumption_token: Where the list goes on; null when it ends here.
        complete_list_size: Records of the whole list when the server tells, which arXiv's stopped doing in
            2025.
    """

    error: str | None
    detail: str
    identifiers: tuple[str, ...]
    resumption_token: str | None
    complete_list_size: int | None


def summarise_answer(body: bytes) -> OaiSummary:
    """Read what is needed to tell a good answer from a bad one.

    Raises:
        PageError: the bytes are no OAI-PMH answer.
    """
    root = _answer(body)
    error = root.find("oai:error", _NAMESPACES)
    token = root.find(".//oai:resumptionToken", _NAMESPACES)
    return OaiSummary(
        error=error.get("code", "unnamed") if error is not None else None,
        detail=" ".join(all_text(error).split()) if error is not None else "",
        identifiers=tuple(
            (text_of(record, "oai:header/oai:identifier", _NAMESPACES) or "").strip() for record in _records(root)
        ),
        resumption_token=(all_text(token).strip() or None) if token is not None else None,
        complete_list_size=whole_number(token.get("completeListSize")) if token is not None else None,
    )


def parse_oai(body: bytes) -> ParsedPage[ArxivRecord]:
    """Read an answer in either format; a record in another format is a reject.

    Raises:
        PageError: the bytes are no OAI-PMH answer.
    """
    records: list[ArxivRecord] = []
    rejects: list[Reject] = []
    for element in _records(_answer(body)):
        try:
            records.append(_record(element))
        except (RuleBrokenError, ValidationError) as error:
            identifier = text_of(element, "oai:header/oai:identifier", _NAMESPACES)
            rejects.append(rejected(error, (identifier or "").strip() or None, excerpt(element)))
    return ParsedPage(records, rejects)


def _answer(body: bytes) -> etree._Element:
    root = read_xml(body)
    if root.tag != _ROOT:
        raise PageError(f"The answer is XML but no OAI-PMH answer: its root is {root.tag}.")
    return root


def _records(root: etree._Element) -> list[etree._Element]:
    return root.findall(".//oai:record", _NAMESPACES)


def _record(element: etree._Element) -> ArxivRecord:
    raw = element.find("oai:metadata/raw:arXivRaw", _NAMESPACES)
    if raw is not None:
        return _raw_record(raw)
    for namespace in (_NAMESPACES["arxiv"], _NAMESPACES["oai"]):
        split = element.find(f"oai:metadata/{{{namespace}}}arXiv", _NAMESPACES)
        if split is not None:
            return _split_record(split, {"f": namespace})
    if element.find("oai:header[@status='deleted']", _NAMESPACES) is not None:
        raise RuleBrokenError("deleted", "The record is deleted and carries no paper.")
    raise RuleBrokenError("bad_shape", "The record is in neither of the formats arXivRaw and arXiv.")


def _shared_fields(element: etree._Element, namespaces: dict[str, str]) -> dict[str, Any]:
    """Read the fields both formats spell alike."""
    identifier, _ = split_arxiv_id(text_of(element, "f:id", namespaces) or "")
    if identifier is None:
        raise RuleBrokenError("bad_arxiv_id", "The record's id is no arXiv id.")
    return {
        "arxiv_id": identifier,
        "title": text_of(element, "f:title", namespaces) or "",
        "abstract": text_of(element, "f:abstract", namespaces),
        "comments": text_of(element, "f:comments", namespaces),
        "journal_ref": text_of(element, "f:journal-ref", namespaces),
        "doi": text_of(element, "f:doi", namespaces),
        "license": text_of(element, "f:license", namespaces),
        "report_no": text_of(element, "f:report-no", namespaces),
        "categories": text_of(element, "f:categories", namespaces) or "",
    }


def _raw_record(element: etree._Element) -> ArxivRecord:
    namespaces = {"f": _NAMESPACES["raw"]}
    byline = text_of(element, "f:authors", namespaces) or ""
    return arxiv_record(
        **_shared_fields(element, namespaces),
        submitter=text_of(element, "f:submitter", namespaces),
        authors=raw_authors(byline),
        versions=[_version(version, namespaces) for version in element.iterfind("f:version", namespaces)],
    )


def _version(element: etree._Element, namespaces: dict[str, str]) -> dict[str, Any]:
    source_type = (text_of(element, "f:source_type", namespaces) or "").strip()
    return {
        "version": version_number(element.get("version", "")),
        "submitted_at": mail_date((text_of(element, "f:date", namespaces) or "").strip()),
        "size_bytes": size_in_bytes(text_of(element, "f:size", namespaces)),
        "source_type": source_type or None,
    }


def _split_record(element: etree._Element, namespaces: dict[str, str]) -> ArxivRecord:
    created = text_of(element, "f:created", namespaces)
    if created is None:
        raise RuleBrokenError("bad_date", "The record has no date of creation.")
    return arxiv_record(
        **_shared_fields(element, namespaces),
        authors=[_author(author, namespaces) for author in element.iterfind("f:authors/f:author", namespaces)],
        first_submitted_at=iso_date(created),
        last_updated_at=iso_date(text_of(element, "f:updated", namespaces) or created),
        versions=[],
    )


def _author(author: etree._Element, namespaces: dict[str, str]) -> dict[str, Any]:
    parts = (text_of(author, f"f:{part}", namespaces) for part in ("forenames", "keyname", "suffix"))
    affiliations = (all_text(found) for found in author.iterfind("f:affiliation", namespaces))
    return {
        "name": " ".join(part for part in parts if part),
        "affiliations": [affiliation for affiliation in affiliations if affiliation.strip()],
    }
