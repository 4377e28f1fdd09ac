"""What stands around a name and is no part of it: titles, degrees, suffixes.

Here: taking them off a list of words. Not here: which of the other words is the family name (`order`).
"""

from pipeline.names import lexicon

__all__ = ["is_degree", "is_junior", "suffix_in", "without_suffix", "without_titles"]

# Printed in capitals these are initials: "MR Ware", "JR Smith".
_INITIALS_RATHER = frozenset({"MR", "MS", "DR", "JR", "SR"})


def suffix_in(field: list[str], *, late: bool = False) -> str | None:
    """Return the suffix that all the words of a comma field are, in its normal form; null when they are none.

    Roman numerals count only in capitals and without a dot.

    Args:
        field: The words between two commas.
        late: There are two other fields, so that "V" is a suffix rather than an initial.
    """
    if len(field) != 1 or field[0] in _INITIALS_RATHER:
        return None
    word = field[0]
    suffix = (lexicon.LATE_SUFFIXES if late else lexicon.COMMA_SUFFIXES).get(word.rstrip(".").lower())
    if suffix is not None and suffix.isupper() and word != suffix and not word[0].isdigit():
        return None
    return suffix


def is_junior(field: list[str]) -> bool:
    """Tell whether a field is "Junior" in full, which is also a given name."""
    return [word.lower() for word in field] in (["junior"], ["júnior"])


def is_degree(field: list[str], *, late: bool) -> bool:
    """Tell whether a comma field is a degree; two letters ("MA") only when `late`, else they are initials."""
    degree = "".join(field).replace(".", "").lower()
    return degree in (lexicon.DEGREES if late else lexicon.LONG_DEGREES)


def without_titles(words: list[str]) -> list[str]:
    """Leave out titles before the name and degrees after it, as long as a name is left."""
    start, end = 0, len(words)
    while start < end - 1 and words[start].lower() in lexicon.TITLES and words[start] not in _INITIALS_RATHER:
        start += 1
    while end > start + 2 and words[end - 1].replace(".", "").lower() in lexicon.BARE_DEGREES:
        end -= 1
    return words[start:end]


def without_suffix(words: list[str]) -> tuple[list[str], str | None]:
    """Part a trailing suffix from the words; "Junior" only after two, for it may be the family name."""
    before, last = words[:-1], words[-1:]
    if not before or (is_junior(last) and not before[1:]):
        return words, None
    suffix = suffix_in(last)
    if suffix is None or last[0].rstrip(".").lower() not in lexicon.SUFFIXES:
        return words, None
    return before, suffix
