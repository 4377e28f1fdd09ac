"""arXiv's OAI-PMH server: verbs, selective harvesting, resumption tokens, errors.

Belongs here: what is asked and which records answer. A record's XML is in `oai_formats`, sets in `taxonomy`.
Rules were read in arXiv's own server (github arXiv/oaipmh); protocol:
http://www.openarchives.org/OAI/openarchivesprotocol.html.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from lxml import etree

from pipeline.replica.faults import Fault
from pipeline.replica.markup import Element, child, legal, printed
from pipeline.replica.oai_formats import FORMATS, write_record
from pipeline.replica.papers import EARLIEST_DATESTAMP, Paper, Papers, split_version, spoilt
from pipeline.replica.taxonomy import known_set, sets, sets_of

OAI = "http://www.openarchives.org/OAI/2.0/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: dict[Any, str] = {None: OAI, "xsi": _XSI}  # lxml-stubs knows no default namespace
_ID_PREFIX = "oai:arXiv.org:"
_LIST_ARGUMENTS = frozenset({"verb", "metadataPrefix", "from", "until", "set"})

DESCRIPTIONS = {
    "badArgument": (
        "The request includes illegal arguments, is missing required arguments, includes a repeated "
        "argument, or values for arguments have an illegal syntax."
    ),
    "badResumptionToken": "The value of the resumptionToken argument is invalid or expired.",
    "badVerb": (
        "Value of the verb argument is not a legal OAI-PMH verb, the verb argument is missing, or the verb "
        "argument is repeated."
    ),
    "cannotDisseminateFormat": (
        "The metadata format identified by the value given for the metadataPrefix argument is not supported "
        "by the item or by the repository."
    ),
    "idDoesNotExist": "The value of the identifier argument is unknown or illegal in this repository.",
    "noRecordsMatch": (
        "The combination of the values of the from, until, set and metadataPrefix arguments results in an empty list."
    ),
}
"""The protocol's own wording of each error."""


class ProtocolError(Exception):
    """An answer that is an OAI-PMH error; its argument is the error's code."""


@dataclass(frozen=True, slots=True)
class PageSizes:
    """Records and identifiers of one page; the defaults are those of arXiv."""

    records: int = 2_500
    identifiers: int = 20_000


_Verb = Callable[[Element, dict[str, str], Fault | None], None]


@dataclass(frozen=True, slots=True)
class _Selection:
    """What a list request means, resumed or not."""

    prefix: str
    first: date
    last: date
    set_spec: str | None
    skip: int
    resumed: bool
    asked: dict[str, str]


class OaiServer:
    """Answers `/oai`.

    Args:
        papers: What is served.
        clock: The present moment; dates beyond it are refused, tokens end with its UTC day.
        pages: Page sizes.
    """

    def __init__(self, papers: Papers, clock: Callable[[], datetime], pages: PageSizes) -> None:
        self._papers = papers
        self._clock = clock
        self._pages = pages
        self._verbs: dict[str, _Verb] = {
            "Identify": self._identify,
            "ListMetadataFormats": self._list_formats,
            "ListSets": self._list_sets,
            "GetRecord": self._get_record,
            "ListIdentifiers": self._list,
            "ListRecords": self._list,
        }

    def answer(self, arguments: Sequence[tuple[str, str]], base_url: str, fault: Fault | None = None) -> bytes:
        """The document for a request; a protocol error is a document too, with status 200.

        Args:
            arguments: Names and values as received, repetitions included.
            base_url: Repeated in the answer.
            fault: Trouble with the content of a list.
        """
        given = dict(arguments)
        root = etree.Element(_oai("OAI-PMH"), nsmap=_NAMESPACES)
        root.set(f"{{{_XSI}}}schemaLocation", f"{OAI} {OAI}OAI-PMH.xsd")
        child(root, _oai("responseDate"), f"{self._clock().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        request = child(root, _oai("request"), base_url)
        body = etree.Element(_oai("body"), nsmap=_NAMESPACES)
        try:
            verb = self._verb(arguments)
            verb(child(body, _oai(given["verb"])), given, fault)
        except ProtocolError as error:
            code = str(error)
            if code not in {"badVerb", "badArgument"}:
                _repeat(request, given)
            child(root, _oai("error"), DESCRIPTIONS[code], code=code)
        else:
            _repeat(request, given)
            root.append(body[0])
        return printed(root)

    def _verb(self, arguments: Sequence[tuple[str, str]]) -> _Verb:
        names = [name for name, _ in arguments]
        if len(set(names)) < len(names):
            raise ProtocolError("badVerb" if names.count("verb") > 1 else "badArgument")
        verb = self._verbs.get(dict(arguments).get("verb", ""))
        if verb is None:
            raise ProtocolError("badVerb")
        return verb

    def _identify(self, parent: Element, given: dict[str, str], _fault: Fault | None) -> None:
        _expect(given, {"verb"})
        for name, text in (
            ("repositoryName", "arXiv"),
            ("baseURL", "https://oaipmh.arxiv.org/oai"),
            ("protocolVersion", "2.0"),
            ("adminEmail", "help@arxiv.org"),
            ("earliestDatestamp", EARLIEST_DATESTAMP.isoformat()),
            ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DD"),
        ):
            child(parent, _oai(name), text)

    def _list_formats(self, parent: Element, given: dict[str, str], _fault: Fault | None) -> None:
        if "identifier" in given:
            _expect(given, {"verb", "identifier"})
            self._identified(given["identifier"])
        else:
            _expect(given, {"verb"})
        for prefix, (schema, namespace) in FORMATS.items():
            element = child(parent, _oai("metadataFormat"))
            child(element, _oai("metadataPrefix"), prefix)
            child(element, _oai("schema"), schema)
            child(element, _oai("metadataNamespace"), namespace)

    def _list_sets(self, parent: Element, given: dict[str, str], _fault: Fault | None) -> None:
        _expect(given, {"verb"})
        for spec, name in sets().items():
            element = child(parent, _oai("set"))
            child(element, _oai("setSpec"), spec)
            child(element, _oai("setName"), name)

    def _get_record(self, parent: Element, given: dict[str, str], _fault: Fault | None) -> None:
        _expect(given, {"verb", "identifier", "metadataPrefix"})
        paper = self._identified(given["identifier"])
        if given["metadataPrefix"] not in FORMATS:
            raise ProtocolError("cannotDisseminateFormat")
        self._record(parent, given["metadataPrefix"], paper, paper.latest_version)

    def _list(self, parent: Element, given: dict[str, str], fault: Fault | None) -> None:
        only_headers = given["verb"] == "ListIdentifiers"
        limit = self._pages.identifiers if only_headers else self._pages.records
        selection = self._selection(given)
        matching = [
            paper
            for paper in self._papers.stamped_between(selection.first, selection.last)
            if selection.set_spec is None or _in_set(paper, selection.set_spec)
        ][selection.skip :]
        if not matching:
            raise ProtocolError("noRecordsMatch")
        page = matching[:limit]
        for paper, version in spoilt([(paper, paper.latest_version) for paper in page], fault):
            if only_headers:
                _header(parent, paper, version)
            else:
                self._record(parent, selection.prefix, paper, version)
        if len(matching) > limit:
            self._token(parent, _continuation(selection, page))
        elif selection.resumed:
            child(parent, _oai("resumptionToken"))

    def _record(self, parent: Element, prefix: str, paper: Paper, version: int) -> None:
        record = child(parent, _oai("record"))
        _header(record, paper, version)
        write_record(child(record, _oai("metadata")), prefix, paper, self._papers.line(paper), version)

    def _identified(self, identifier: str) -> Paper:
        split = split_version(identifier.removeprefix(_ID_PREFIX)) if identifier.startswith(_ID_PREFIX) else None
        paper = self._papers.by_id.get(split[0]) if split else None
        if paper is None:
            raise ProtocolError("idDoesNotExist")
        return paper

    def _selection(self, given: dict[str, str]) -> _Selection:
        asked, skip, resumed = dict(given), 0, "resumptionToken" in given
        if resumed:
            _expect(given, {"verb", "resumptionToken"})
            asked, skip = self._resumed(given["resumptionToken"], given["verb"])
        if "metadataPrefix" not in asked or asked.keys() - _LIST_ARGUMENTS:
            raise ProtocolError("badArgument")
        if asked["metadataPrefix"] not in FORMATS:
            raise ProtocolError("cannotDisseminateFormat")
        today = self._clock().astimezone(UTC).date()
        first = _day(asked["from"]) if "from" in asked else EARLIEST_DATESTAMP
        last = _day(asked["until"]) if "until" in asked else today
        if first > last or first < EARLIEST_DATESTAMP or first > today or last > today:
            raise ProtocolError("badArgument")
        set_spec = asked.get("set")
        if set_spec is not None and not known_set(set_spec):
            raise ProtocolError("badArgument")
        return _Selection(asked["metadataPrefix"], first, last, set_spec, skip, resumed, asked)

    def _token(self, parent: Element, token: dict[str, str]) -> None:
        midnight = datetime.combine(self._clock().astimezone(UTC).date() + timedelta(days=1), datetime.min.time())
        written = quote(urlencode({**token, "expires": f"{midnight:%Y-%m-%d}"}))
        child(parent, _oai("resumptionToken"), written, expires=f"{midnight:%Y-%m-%dT%H:%M:%SZ}")

    def _resumed(self, token: str, verb: str) -> tuple[dict[str, str], int]:
        """The arguments and the records to skip that a token stands for."""
        asked = {name: values[0] for name, values in parse_qs(unquote(token)).items()}
        skip, expires = asked.pop("skip", ""), asked.pop("expires", "")
        try:
            in_time = self._clock().astimezone(UTC).date() < date.fromisoformat(expires)
        except ValueError:
            in_time = False
        if not (in_time and skip.isascii() and skip.isdigit() and asked.get("verb") == verb):
            raise ProtocolError("badResumptionToken")
        return asked, int(skip)


def _continuation(selection: _Selection, page: Sequence[Paper]) -> dict[str, str]:
    """What the next page is asked with: from the last day shown, skipping what was shown of it.

    As on the real server, a record changed meanwhile moves to the end of the list and shifts the others.
    """
    last_day = page[-1].datestamp
    if page[0].datestamp == last_day:
        already = selection.skip if selection.first == last_day else 0
        skip = already + len(page)
    else:
        skip = sum(paper.datestamp == last_day for paper in page)
    return {**selection.asked, "from": last_day.isoformat(), "skip": str(skip)}


def _header(parent: Element, paper: Paper, version: int) -> None:
    stamped = paper.datestamp if version == paper.latest_version else max(EARLIEST_DATESTAMP, paper.submitted_at.date())
    header = child(parent, _oai("header"))
    child(header, _oai("identifier"), f"{_ID_PREFIX}{paper.arxiv_id}")
    child(header, _oai("datestamp"), stamped.isoformat())
    for spec in sets_of(paper.categories):
        child(header, _oai("setSpec"), spec)


def _in_set(paper: Paper, wanted: str) -> bool:
    return any(spec == wanted or spec.startswith(f"{wanted}:") for spec in sets_of(paper.categories))


def _expect(given: Mapping[str, str], arguments: set[str]) -> None:
    if given.keys() != arguments:
        raise ProtocolError("badArgument")


def _repeat(request: Element, given: Mapping[str, str]) -> None:
    for name, value in sorted(given.items(), key=lambda pair: pair[0] != "verb"):
        if name in _LIST_ARGUMENTS | {"identifier", "resumptionToken"}:
            request.set(name, legal(value))


def _day(written: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII) is None:
            raise ProtocolError("badArgument")
        return date.fromisoformat(written)
    except ValueError:
        raise ProtocolError("badArgument") from None


def _oai(name: str) -> str:
    return f"{{{OAI}}}{name}"
