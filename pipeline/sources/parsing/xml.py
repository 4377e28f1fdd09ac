"""XML as strangers send it: read strictly, expanding nothing, fetching nothing.

Here: the one parser both XML doors use. Not here: what the elements mean.
"""

import re

from lxml import etree

MAX_MARKUP_BYTES = 64 * 1024 * 1024
"""No page of 2,500 records comes near it."""


_HTML = re.compile(rb"\s*(?:<!doctype\s+html|<html)", re.IGNORECASE)
_COUNT_DIGITS = 12


class PageError(ValueError):
    """A page as a whole cannot be read; its text says why."""


def read_xml(body: bytes) -> etree._Element:
    """Return the root element of a well-formed document.

    A document type is refused outright: the sources send none, and entity bombs need one.

    Raises:
        PageError: the bytes are no well-formed XML, are cut off, or bring a document type.
    """
    if len(body) > MAX_MARKUP_BYTES:
        raise PageError(f"The XML has {len(body):,} bytes, over {MAX_MARKUP_BYTES:,}.")
    if _HTML.match(body[:1_000]):
        raise PageError("The answer is an HTML page.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise PageError(f"The answer is not well-formed XML: {error.msg}.") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs do not know it
        raise PageError("The XML brings a document type, which no source does.")
    return root


def text_of(element: etree._Element, path: str, namespaces: dict[str, str]) -> str | None:
    """Return all text below the first element at `path`; null when there is no such element."""
    found = element.find(path, namespaces)
    return all_text(found) if found is not None else None


def all_text(element: etree._Element) -> str:
    """Return all text below an element."""
    return "".join(str(part) for part in element.itertext())


def whole_number(written: str | None) -> int | None:
    """Read a count; null when there is none, or digits beyond any count."""
    written = (written or "").strip()
    plausible = written.isascii() and written.isdigit() and len(written) <= _COUNT_DIGITS
    return int(written) if plausible else None


def excerpt(element: etree._Element) -> str:
    """Return an element as text, for a reject."""
    return etree.tostring(element, encoding="unicode", with_tail=False)
