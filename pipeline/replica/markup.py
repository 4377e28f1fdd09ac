"""XML of both arXiv servers: elements with text that XML allows.

Belongs here: building and printing elements. The documents themselves are in `atom` and `oai_formats`.
"""

import re

from lxml import etree

Element = etree._Element  # noqa: SLF001 - lxml gives the type of its elements no public name

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def child(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """Append an element; characters that XML 1.0 forbids are left out of its text and attributes."""
    element = etree.SubElement(parent, name, {key: legal(value) for key, value in attributes.items()})
    if text is not None:
        element.text = legal(text)
    return element


def legal(text: str) -> str:
    """Text without the characters that XML 1.0 forbids (control characters, lone surrogates)."""
    return _ILLEGAL.sub("", text)


def printed(root: Element) -> bytes:
    """A document as arXiv prints it: declaration, two-space indent, UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def bombed(document: bytes) -> bytes:
    """A document whose last title is an entity that expands to a billion words (the "billion laughs")."""
    levels = 9
    entities = "".join(f'<!ENTITY b{level} "{f"&b{level - 1};" * 10}">' for level in range(1, levels + 1))
    declaration, _, rest = document.partition(b"?>")
    doctype = f'?>\n<!DOCTYPE bomb [<!ENTITY b0 "boom">{entities}]>'.encode()
    head, opening, tail = rest.rpartition(b"title>")
    if head:
        before, _, _ = head.rpartition(b"<")
        name = head[len(before) :] + opening
        start = before.rfind(name.replace(b"</", b"<"))
        rest = before[: start + len(name) - 1] + f"&b{levels};".encode() + name + tail
    return declaration + doctype + rest
