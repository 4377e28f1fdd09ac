"""Slips in the print of one name, put right before it is taken apart.

Here: what only names show: TeX ties and accents that lost their backslash, footnote marks, brackets,
spaces around hyphens and dots. Not here: repairs of any text (`pipeline.text`).
"""

import re
import unicodedata

from pipeline.text import clean

__all__ = ["drop_marks", "drop_parentheses", "repair"]

_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D), "-")
_APOSTROPHES = dict.fromkeys((0x2019, 0x2018, 0x02BC, 0x2032, 0x00B4, 0xFF07), "'")
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»"), '"')
_BLANKS = dict.fromkeys(map(ord, "~_\u00a0"), " ")
_TABLE = {**_DASHES, **_APOSTROPHES, **_QUOTES, **_BLANKS}

_TAG = re.compile(r"</?[A-Za-z]+ ?/?>")
_MATH = re.compile(r"\$[^$]*\$")
_EMAIL = re.compile(r"\S+@\S+")
# German TeX without its backslash: Kr"ahenb"uhl, B"ohm. A letter must stand before, else it is a nickname's
# quote.
_LOST_UMLAUT = re.compile(r'(?<=[^\W\d_])"([aouAOUei])(?=[^\W\d_])')
# Italian and French grave without it: Pezz`e, Fre`, Faug`ere.
_LOST_GRAVE = re.compile(r"(?<=[^\W\d_])(?:`([aeiou])|([aeiou])`)")
_LOST_CIRCUMFLEX = re.compile(r"(?<=[^\W\d_])\^([aeiou])(?=[^\W\d_])")
_BACKTICK = re.compile(r"`(?=[^\W\d_])")
_COMMAND = re.compile(r"\\[A-Za-z]+\s*|\\.?")
_BRACES = re.compile(r"[{}\[\]]")

# "C. -P. Yuan", "Jean- Pierre", "Or - El"; but "Fritze - von Alvensleben" stays apart.
_HYPHEN = re.compile(r"(?<=[\w.])(?: -|- |-)(?=[^\W\d_])| - (?=[A-Z])")
_DOT_LETTER = re.compile(r"\.(?=[^\W\d_])")
_DOTS = re.compile(r"(?<=\w) \.|\.{2,}")
# "d' Alembert", "D 'Aniello", "P. D. 'Alessio"; not "'t Hooft".
_ELISION = re.compile(r"\b([dDlLO])(?:' (?=[^\W\d_])|\.? '(?=[A-Z]))")
# "Gestur 'Olafsson", "A. M. \"Oztas": an accent before its letter, at the start of a word and never closed.
_LOST_INITIAL_ACCENT = re.compile(r"(?<!\S)(['\"])([AEIOU])(?=[a-z])(?!.*['\"])")
_DEGREE = re.compile(r"\bPh\.? ?D\b\.?")
_LEAD = re.compile(
    r"^(?:[\W\d_]*\b(?:and|by)\b[.'\"]*\s+(?=\S)|(?:with\s+)?(?:an?\s+)?(?:appendix|appendices|contributions?)\s+(?:by|from)\s+)"
)
_TAIL = re.compile(r"(?:[\s,;]+(?:and\s+others|et\.?\s+al\b\.?.*|and|&|\*These\b.*)|\s+\*.*)$", re.IGNORECASE)

_NICKNAME = re.compile(r"(?<=\w)\s*[(]\s*\"?([^\W\d_]+)\"?\s*[)]\s+(?=\w)")
_PARENTHESES = re.compile(r"\([^()]*\)")
_DIGITS = re.compile(r"[\d⁰-₉¹²³]+")
_MARKS = re.compile(r"[^\w\s.,'\"\-·\u0300-\u036f\u200c\u200d]|_|(?<!\S)[-.'·]+(?!\S)")


def repair(printed: str) -> str:
    """Return the name `clean` and with its slips put right, on one line; empty when nothing was printed."""
    text = clean(printed)
    text = _EMAIL.sub(" ", _MATH.sub("", _TAG.sub(" ", text)))
    if "\\" in text or "`" in text or '"' in text or "^" in text:
        text = _LOST_UMLAUT.sub("\\1\u0308", text)
        text = _LOST_GRAVE.sub(lambda match: f"{match[1] or match[2]}\u0300", text)
        text = _LOST_CIRCUMFLEX.sub("\\1\u0302", text)
        text = _BACKTICK.sub("'", _COMMAND.sub("", text))
        text = unicodedata.normalize("NFC", text)
    text = _BRACES.sub("", text).translate(_TABLE)
    text = _DEGREE.sub("PhD", " ".join(text.split()))
    text = _HYPHEN.sub("-", _DOTS.sub(".", text))
    text = _DOT_LETTER.sub(". ", text)
    text = _LOST_INITIAL_ACCENT.sub(_initial_accent, _ELISION.sub(r"\1'", text))
    text = _LEAD.sub("", text)
    text = _TAIL.sub("", text)
    return " ".join(text.split())


def _initial_accent(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[2] + {"'": "\u0301", '"': "\u0308"}[match[1]])


def drop_parentheses(text: str) -> str:
    """Drop what stands in brackets but a nickname before the family name, which is kept in quotes.

    A name that is all in brackets loses only the brackets.
    """
    if "(" not in text and ")" not in text:
        return text
    kept = _NICKNAME.sub(r' "\1" ', text)
    while (shorter := _PARENTHESES.sub(" ", kept)) != kept:
        kept = shorter
    if not any(map(str.isalpha, kept)):
        kept = text
    return " ".join(kept.replace("(", " ").replace(")", " ").split())


def drop_marks(text: str) -> str:
    """Drop digits, footnote marks and stray punctuation from a person's name."""
    return " ".join(_MARKS.sub(" ", _DIGITS.sub("", text)).split())
