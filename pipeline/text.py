"""Hygiene of printed text: one string in, one string out, the same however often it is applied.

Here: everything that repairs how a text was encoded (HTML entities, mojibake, TeX accents and text
commands, control characters, Unicode form, white space). Not here: anything that knows what the text
means; the parts of a person's name are `pipeline.names`.
"""

import html.entities
import re
import sys
import unicodedata
from collections.abc import Callable

import ftfy

__all__ = ["clean", "tex_to_unicode", "without_markup"]

# Text that still changes after this many passes was nested on purpose: of 1.7 million titles and as many
# names of arXiv, none needs more than two.
_MAX_PASSES = 12

# What shows that text beyond ASCII, in NFC, may need work: entities, TeX, and what `_INVISIBLE` removes.
_SUSPECT_ANY = re.compile(
    "[\\\\&~{\x00-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufb00-\ufb06\ufeff\ufff9-\ufffb"
    "\ud800-\udfff]|``"
)


def clean(text: str) -> str:
    r"""Return `text` as a reader should see it, on one line.

    In turn, until nothing changes: HTML entities are decoded (also doubly escaped ones), mojibake is
    undone, control and invisible formatting characters go (ZWJ and ZWNJ stay, Persian and Indic need
    them), unpaired surrogates become U+FFFD, TeX accents and text commands become Unicode outside math
    (`$...$`, `\(...\)` and `\$` stay as they are), the result is NFC with f-ligatures spelt out, runs of
    white space are one space.

    Idempotent and total. Text that needs no work costs little: some 10 microseconds for an abstract of 700
    ASCII letters.
    """
    folded = " ".join(text.split())
    if _needs_no_work(folded):
        return folded
    settled = _settle(_one_pass, text)  # not `folded`: a no-break space may be half of a garbled letter
    if settled is not None:
        return settled
    # Nested beyond any real record: without these characters there is nothing left to decode.
    blunt = text.translate(dict.fromkeys(map(ord, "\\&{}~`")))
    return _settle(_one_pass, blunt) or ""


def _needs_no_work(text: str) -> bool:
    """Tell whether text with single spaces is clean already; searches for one letter are the fast ones."""
    if text.isascii():
        return (
            text.isprintable()
            and "\\" not in text
            and "&" not in text
            and "~" not in text
            and "{" not in text
            and "``" not in text
        )
    return (
        _SUSPECT_ANY.search(text) is None and unicodedata.is_normalized("NFC", text) and not ftfy.badness.is_bad(text)
    )


def tex_to_unicode(text: str) -> str:
    r"""Return `text` with TeX accents, special letters and text commands outside math as Unicode, in NFC.

    `Erd{\H o}s` is `Erdős`, `\textit{in vivo}` is `in vivo`, `$\alpha$` and unknown commands stay. White
    space is kept, but for what TeX itself eats after a command word.
    """
    if "\\" not in text and "{" not in text and "~" not in text and "``" not in text:
        return text
    return _settle(_decode_tex, text) or text


# What publishers leave in titles and abstracts, by what stands in its place: nothing, a space between words, a space.
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>(?:[\w-]+:)?
    (?:(?P<glued>inline-formula|math|sc|scp|small|span|sub|sup|u|underline)
    |(?P<inline>b|bold|em|i|italic|strong|tt)
    |abstract|br|div|h[1-6]|list|list-item|p|sec|title))
    (?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""",
    re.IGNORECASE | re.VERBOSE,
)


def without_markup(text: str) -> str:
    """Return `text` without HTML and JATS tags, white space folded.

    `<i>Planck</i>2018 results` is `Planck 2018 results`, `H<sub>2</sub>O` is `H2O`. A tag goes when the text has both
    its ends, or it is a line break: `<x>`, `a < b` and the mean `<p>` of a momentum stay.
    """
    if "<" not in text:
        return text
    tags = {(tag["name"].lower(), bool(tag["end"])) for tag in _TAG.finditer(text)}
    names = {"br", *(name for name, is_end in tags if not is_end and (name, True) in tags)}
    return " ".join(_TAG.sub(lambda tag: _in_place_of(tag) if tag["name"].lower() in names else tag[0], text).split())


def _in_place_of(tag: re.Match[str]) -> str:
    """What stands where a tag stood."""
    before, after = tag.string[: tag.start()][-1:], tag.string[tag.end() :][:1]
    is_between_words = (before.isalnum() or before in {",", ";", ":"}) and after.isalnum()
    return "" if tag["glued"] or (tag["inline"] and not is_between_words) else " "


# "10 Å²" is an area, where ftfy sees the two bytes of "Ų"; it leaves the angstrom sign alone, and NFC turns
# that back into the letter.
_SQUARE_ANGSTROM = re.compile("\u00c5(?=[\u00b9\u00b2\u00b3])")


def _settle(step: Callable[[str], str], text: str) -> str | None:
    """Apply `step` until the text stays the same; null when it has not after `_MAX_PASSES`."""
    for _ in range(_MAX_PASSES):
        result = step(text)
        if result == text:
            return text
        text = result
    return None


def _one_pass(text: str) -> str:
    text = _decode_entities(text)
    text = _OT1_DIAERESIS.sub("\\1\u0308", text)
    if not text.isascii():
        text = ftfy.fix_encoding(_SQUARE_ANGSTROM.sub("\u212b", text))
    text = text.translate(_INVISIBLE)
    text = _decode_tex(text)
    return " ".join(unicodedata.normalize("NFC", text).split())


# --- HTML entities ----------------------------------------------------------------------------------------

_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
# "&amp;amp;lt;": escaping again and again only ever adds to the ampersand.
_ESCAPED_AMPERSAND = re.compile(r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)+")


def _decode_entities(text: str) -> str:
    if "&" not in text:
        return text
    return _ENTITY.sub(_entity, _ESCAPED_AMPERSAND.sub("&", text))


def _entity(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return html.entities.html5.get(f"{name};", match[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code <= sys.maxunicode else "\ufffd"


# --- characters that are not seen -------------------------------------------------------------------------

_INVISIBLE: dict[int, str | None] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0))),  # C0 and C1 controls
    **dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, 0xFEFF)),  # soft hyphen, zero width space, direction marks
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2060, 0x206A), *range(0xFFF9, 0xFFFC))),
    **dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # unpaired surrogates, which no file can hold
    **dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)),
}

# Slot 127 of TeX's OT1 fonts is the diaeresis: old submissions print "M\x7fuhlbauer" for "Mühlbauer".
_OT1_DIAERESIS = re.compile("(?<=[A-Za-z])\x7f([aeiouAEIOU])")

# --- TeX --------------------------------------------------------------------------------------------------

_COMBINING = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
_BELOW = frozenset("ckdb")  # accents under the letter leave the dot of i and j alone

_SYMBOLS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE":
    "Œ", "aa": "å", "AA": "Å", "Aa": "Å", "Ae": "Æ", "Oe": "Œ", "i": "\u0131", "j": "\u0237", "dh": "ð",
    "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "ldots": "…", "dots":
    "…", "textendash": "\u2013", "textemdash": "\u2014", "textquoteleft": "\u2018", "textquoteright":
    "\u2019", "textquotedblleft": "“", "textquotedblright": "”", "textregistered": "®", "texttrademark":
    "™", "copyright": "©", "pounds": "£", "S": "§", "TeX": "TeX", "LaTeX": "LaTeX", "textdegree": "°",
    "textmu": "µ", "and": " and ", "newline": " ", "quad": " ",
}  # fmt: skip

_LETTER = r"[^\W\d_]"
_TEX_MATH = re.compile(r"((?<!\\)\$(?:[^$\\]|\\.)*\$|\\\((?:(?!\\[()]).)*\\\))", re.DOTALL)
_BASE = rf"\\[ij]|{_LETTER}"
_ACCENT = re.compile(
    rf"\\(?:(['`^\"~=.])\s*|([uvHckrdb])(?:\s+|(?=[{{\\])))(?:\{{\s*({_BASE})\s*\}}|\{{\s*\{{\s*({_BASE})\s*\}}\s*\}}|({_BASE}))"
)
# "Constan{\c}ca": braces around the accent instead of its letter.
_BRACED_ACCENT = re.compile(rf"\{{\s*(\\['`^\"~=.uvHckrdb])\s*\}}\s?(?={_LETTER})")
_SYMBOL = re.compile(rf"\\({'|'.join(sorted(_SYMBOLS, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|\s+)?")
_COMMAND = re.compile(
    r"\\(?:text(?:it|bf|sc|tt|rm|sf|sl|up|md|normal|superscript|subscript)?|emph|mbox|hbox|underline|uline|url)"
    r"\s*\{([^{}]*)\}"
)
_SWITCH = re.compile(r"\{\s*\\(?:it|bf|em|rm|sc|tt|sl|sf|itshape|bfseries|scshape)(?![A-Za-z])\s*([^{}]*)\}")
_LINK = re.compile(r"\\href\s*\{[^{}]*\}\s*\{([^{}]*)\}")
# A braced word or accented letter. The first branch passes over arguments of commands and scripts, which
# keep theirs.
_GROUP = re.compile(
    rf"(?:\\[A-Za-z]+\s*|[_^])\{{[^{{}}]*\}}"
    rf"|(?<!\w)\{{({_LETTER}[\w\u0300-\u036f' .\-]*)\}}|\{{({_LETTER}[\u0300-\u036f]?)\}}"
)
_ESCAPED = re.compile(r"\\([&%#_])")
_SPACE = re.compile(r"\\(?:\\|[ ,;:])")
_NOTHING = re.compile(r"\\[-/!]")
# A tie, not "about": "H~II", "Fig.~3", "of~$x$"; "z~2" and "~10" keep theirs.
_TIE = re.compile(r"(?<=[\w.,)}\]])~(?=[^\W\d]|[\\${(])|(?<=\.)~(?=\d)")
_TIE_BEFORE_MATH = re.compile(r"(?<=[\w.,)}\]])~$")
_TIE_AFTER_MATH = re.compile(r"^~(?=[^\W\d]|[\\{(])")
_QUOTES = re.compile(r"``([^`']*)''")


def _decode_tex(text: str) -> str:
    if "$" in text or "\\(" in text:
        parts = _TEX_MATH.split(text)
        for index in range(0, len(parts), 2):
            before, after = index > 0, index + 1 < len(parts)
            outside = _decode_tex_outside_math(parts[index])
            outside = _TIE_AFTER_MATH.sub(" ", outside) if before else outside
            parts[index] = _TIE_BEFORE_MATH.sub(" ", outside) if after else outside
        return "".join(parts)
    return _decode_tex_outside_math(text)


def _decode_tex_outside_math(text: str) -> str:
    if "\\" in text:
        text = _ACCENT.sub(_accented, _BRACED_ACCENT.sub(r"\1 ", text))
        text = _SYMBOL.sub(lambda match: _SYMBOLS[match[1]], text)
        text = _LINK.sub(r"\1", text)
        text = _COMMAND.sub(r"\1", text)
        text = _SWITCH.sub(r"\1", text)
        text = _ESCAPED.sub(r"\1", text)
        text = _SPACE.sub(" ", text)
        text = _NOTHING.sub("", text)
    if "{" in text:
        text = _GROUP.sub(lambda match: match[1] or match[2] or match[0], text)
    if "~" in text:
        text = _TIE.sub(" ", text)
    if "``" in text:
        text = _QUOTES.sub("“\\1”", text)
    return unicodedata.normalize("NFC", text)


def _accented(match: re.Match[str]) -> str:
    accent = match[1] or match[2]
    base = (match[3] or match[4] or match[5]).removeprefix("\\")
    if accent not in _BELOW:
        base = {"\u0131": "i", "\u0237": "j"}.get(base, base)
    return unicodedata.normalize("NFC", base + _COMBINING[accent])
