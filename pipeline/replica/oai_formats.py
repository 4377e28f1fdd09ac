"""OAI-PMH records in the formats of arXiv, element for element as its server writes them.

Belongs here: one paper as oai_dc, arXiv, arXivOld or arXivRaw. Verbs, lists and errors are in `oai`. Facts
of the formats were read in arXiv's own server (github arXiv/oaipmh) and in real responses:

- `arXivRaw` keeps TeX accents and the byline as one string; the others turn accents into Unicode.
- `acm-class` holds the MSC class in `arXiv` and `arXivRaw` (a bug of the real templates that clients must
  survive).
- A version's size is left out where the snapshot does not know it; the real server would print `0kb`.
"""

from collections.abc import Callable
from typing import Any

from lxml import etree

from pipeline.replica.accents import decoded
from pipeline.replica.markup import Element, child
from pipeline.replica.papers import Paper, authors_of, text_of, versions_of
from pipeline.replica.taxonomy import category_name

_DC = "http://purl.org/dc/elements/1.1/"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA_LOCATION = f"{{{_XSI}}}schemaLocation"

FORMATS: dict[str, tuple[str, str]] = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", _OAI_DC),
    "arXiv": ("http://arxiv.org/OAI/arXiv.xsd", "http://arxiv.org/OAI/arXiv/"),
    "arXivOld": ("http://arxiv.org/OAI/arXivOld.xsd", "http://arxiv.org/OAI/arXivOld/"),
    "arXivRaw": ("http://arxiv.org/OAI/arXivRaw.xsd", "http://arxiv.org/OAI/arXivRaw/"),
}
"""Prefix -> schema address and namespace."""

Writer = Callable[[Element, Paper, dict[str, Any], int], None]


def write_record(metadata: Element, prefix: str, paper: Paper, line: dict[str, Any], version: int) -> None:
    """Append a paper to a `metadata` element.

    Args:
        metadata: The parent.
        prefix: A key of `FORMATS`.
        paper: The paper.
        line: Its snapshot line.
        version: Shown as the newest one; lower than the latest only for the `stale` fault.
    """
    _WRITERS[prefix](metadata, paper, line, version)


def _root(metadata: Element, prefix: str) -> Element:
    schema, namespace = FORMATS[prefix]
    root = etree.SubElement(metadata, f"{{{namespace}}}{prefix}", nsmap=_namespaces(namespace))
    root.set(_SCHEMA_LOCATION, f"{namespace} {schema}")
    return root


def _namespaces(namespace: str) -> dict[Any, str]:
    return {None: namespace, "xsi": _XSI}


def _optional(root: Element, prefix: str, line: dict[str, Any], *names: str) -> None:
    """Append the fields a line has, named alike in the snapshot and in XML, in the order given."""
    for name in names:
        if text := text_of(line, name):
            child(root, _name(prefix, name), decoded(text) if prefix == "arXiv" else text)


def _name(prefix: str, name: str) -> str:
    return f"{{{FORMATS[prefix][1]}}}{name}"


def _write_arxiv(metadata: Element, paper: Paper, line: dict[str, Any], version: int) -> None:
    root = _root(metadata, "arXiv")
    versions = versions_of(line, paper)[:version]
    child(root, _name("arXiv", "id"), paper.arxiv_id)
    child(root, _name("arXiv", "created"), f"{versions[0]['created']:%Y-%m-%d}")
    if len(versions) > 1:
        child(root, _name("arXiv", "updated"), f"{versions[-1]['created']:%Y-%m-%d}")
    authors = child(root, _name("arXiv", "authors"))
    for author in authors_of(line):
        element = child(authors, _name("arXiv", "author"))
        child(element, _name("arXiv", "keyname"), decoded(author.keyname))
        if author.forenames:
            child(element, _name("arXiv", "forenames"), decoded(author.forenames))
        if author.suffix:
            child(element, _name("arXiv", "suffix"), author.suffix)
    _optional(root, "arXiv", line, "title", "categories", "comments", "proxy", "report-no", "msc-class")
    _acm_class(root, "arXiv", line)
    _optional(root, "arXiv", line, "journal-ref", "doi", "license", "abstract")


def _write_raw(metadata: Element, paper: Paper, line: dict[str, Any], version: int) -> None:
    root = _root(metadata, "arXivRaw")
    child(root, _name("arXivRaw", "id"), paper.arxiv_id)
    child(root, _name("arXivRaw", "submitter"), text_of(line, "submitter"))
    for entry in versions_of(line, paper)[:version]:
        element = child(root, _name("arXivRaw", "version"), version=entry["version"])
        child(element, _name("arXivRaw", "date"), f"{entry['created']:%a, %d %b %Y %H:%M:%S GMT}")
        if size := _size(entry.get("size")):
            child(element, _name("arXivRaw", "size"), size)
        if source_type := text_of(entry, "source_type"):
            child(element, _name("arXivRaw", "source_type"), source_type)
    _optional(root, "arXivRaw", line, "title", "authors", "categories", "comments", "proxy", "report-no")
    _acm_class(root, "arXivRaw", line)
    _optional(root, "arXivRaw", line, "msc-class", "journal-ref", "doi", "license", "abstract")


def _write_old(metadata: Element, paper: Paper, line: dict[str, Any], _version: int) -> None:
    root = _root(metadata, "arXivOld")
    child(root, _name("arXivOld", "id"), paper.arxiv_id)
    _optional(
        root,
        "arXivOld",
        line,
        "title",
        "authors",
        "categories",
        "comments",
        "proxy",
        "report-no",
        "msc-class",
    )
    _optional(root, "arXivOld", line, "acm-class", "journal-ref", "doi", "abstract", "license")


def _write_dublin_core(metadata: Element, paper: Paper, line: dict[str, Any], version: int) -> None:
    root = etree.SubElement(metadata, f"{{{_OAI_DC}}}dc", nsmap={"oai_dc": _OAI_DC, "dc": _DC, "xsi": _XSI})
    root.set(_SCHEMA_LOCATION, f"{_OAI_DC} {FORMATS['oai_dc'][0]}")
    versions = versions_of(line, paper)[:version]
    days = dict.fromkeys(f"{entry['created']:%Y-%m-%d}" for entry in (versions[0], versions[-1]))
    names = [
        ", ".join(filter(None, (f"{author.keyname} {author.suffix}".strip(), author.forenames)))
        for author in authors_of(line)
    ]
    subjects = [*dict.fromkeys(category_name(code) for code in paper.categories)]
    subjects += [text for key in ("msc-class", "acm-class") if (text := text_of(line, key))]
    identifiers = [f"http://arxiv.org/abs/{paper.arxiv_id}", text_of(line, "journal-ref")]
    if doi := text_of(line, "doi"):
        identifiers.append(f"doi:{doi}")
    for name, texts in (
        ("title", [text_of(line, "title")]),
        ("creator", names),
        ("subject", subjects),
        ("description", [text_of(line, "abstract"), text_of(line, "comments")]),
        ("date", list(days)),
        ("type", ["text"]),
        ("identifier", identifiers),
    ):
        for text in filter(None, texts):
            child(root, f"{{{_DC}}}{name}", decoded(text))


def _acm_class(root: Element, prefix: str, line: dict[str, Any]) -> None:
    if text_of(line, "acm-class"):
        child(root, _name(prefix, "acm-class"), text_of(line, "msc-class") or "None")


def _size(known: object) -> str:
    """A version's size as arXiv prints it: kilobytes, rounded down; text is passed on."""
    return f"{known // 1024}kb" if isinstance(known, int) else known if isinstance(known, str) else ""


_WRITERS: dict[str, Writer] = {
    "oai_dc": _write_dublin_core,
    "arXiv": _write_arxiv,
    "arXivOld": _write_old,
    "arXivRaw": _write_raw,
}
