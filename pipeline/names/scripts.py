"""Names in East Asian scripts, and names printed in two scripts at once.

Here: where the family name ends when nothing separates it, and the parting of "Wei Wang (王伟)". Not here:
names in alphabets, romanised ones included (`parsing`).
"""

import re

from pipeline.names.lexicon import HAN_COMPOUND_SURNAMES, HANGUL_COMPOUND_SURNAMES, HANGUL_SURE_COMPOUNDS

__all__ = ["is_east_asian", "part_scripts", "split_east_asian"]

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff"
_HANGUL = "\uac00-\ud7a3"
_EAST_ASIAN = f"[{_HAN}{_KANA}{_HANGUL}]"
_ANY = re.compile(_EAST_ASIAN)
_HAS_KANA = re.compile(f"[{_KANA}]")
_HAS_HANGUL = re.compile(f"[{_HANGUL}]")
# A run of East Asian letters with what may stand inside it: spaces, interpuncts, a comma.
_INSIDE = "[ \u3000\u00b7\u30fb\u2027\u2022,\uff0c]*"
_RUN = re.compile(f"[(\\[{{\uff08\u3010]?({_EAST_ASIAN}(?:{_INSIDE}{_EAST_ASIAN})*)[)\\]}}\uff09\u3011]?")
_LONGEST_NAME = 5  # characters without a space; longer text is no name of these languages
_OTHER_LETTER = re.compile(r"[^\W\d_]")
_INTERPUNCT = re.compile("[·・‧•]")
_KANJI_THEN_KANA = re.compile(f"^([{_HAN}]+)([{_KANA}]+)$")


def is_east_asian(text: str) -> bool:
    """Tell whether `text` holds any Han, kana or Hangul letter."""
    return not text.isascii() and _ANY.search(text) is not None


def part_scripts(text: str) -> tuple[str, str | None]:
    """Part a name printed in two scripts into (the alphabetic form, the East Asian form).

    The alphabetic form leads, as it is what other bylines print. Text in one script comes back as it is,
    with null.
    """
    if not is_east_asian(text):
        return text, None
    rest = _RUN.sub(" ", text).strip(" ,;/|-()\uff08\uff09")
    if len(_OTHER_LETTER.findall(rest)) <= 1:  # a stray letter is no name
        return text, None
    found = _RUN.search(text)
    return " ".join(rest.split()), found[1] if found else None


def split_east_asian(text: str) -> tuple[str | None, str]:
    """Split a name in an East Asian script into (given, family); given is null for a mononym.

    Family first. With a space or comma the first part is the family name. Without: a listed compound
    surname, else one character; four Han characters, or Han then kana, are taken as Japanese (two and two;
    at the change of script). A Western name written with interpuncts (约翰·史密斯) keeps its own order.
    """
    text = text.replace("\uff0c", ",").strip(" ,")
    if "," in text:
        family, _, given = text.partition(",")
        return given.replace(",", "").strip() or None, family.strip()
    if _INTERPUNCT.search(text):
        parts = [part for part in _INTERPUNCT.split(text) if part.strip()]
        if len(parts) > 1:
            return "·".join(parts[:-1]).strip(), parts[-1].strip()
        text = "".join(parts) or text
    tokens = text.split()
    if len(tokens) > 1:
        return "".join(tokens[1:]) if all(map(_ANY.match, tokens[1:])) else " ".join(tokens[1:]), tokens[0]
    cut = _family_length(text)
    return text[cut:] or None, text[:cut]


def _family_length(text: str) -> int:
    """Length of the family name at the head of an unspaced name; the whole when it cannot be told."""
    if len(text) <= 1 or len(text) > _LONGEST_NAME:
        return len(text)
    head, third, fourth = text[:2], text[2:3], text[3:4]
    if _HAS_HANGUL.search(text):
        is_compound = head in (HANGUL_COMPOUND_SURNAMES if fourth else HANGUL_SURE_COMPOUNDS)
        return 2 if third and is_compound else 1
    if _HAS_KANA.search(text):
        changed = _KANJI_THEN_KANA.match(text)
        return len(changed[1]) if changed else len(text)
    if third and head in HAN_COMPOUND_SURNAMES:
        return 2
    return 2 if fourth else 1
