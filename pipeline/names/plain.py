"""Plain names, which nearly all are: read as they stand, the last word the family name.

Here: `is_plain` of one name, and `are_plain` of a column, which is many times quicker. Not here: reading the other
names (`parsing`).
"""

import re

import polars as pl

from pipeline.names import lexicon
from pipeline.names.kinds import GROUP_WORDS, PLACEHOLDER_WORDS
from pipeline.names.order import PATRONYMIC_ENDS

__all__ = ["ROLE_WORDS", "are_plain", "is_plain"]

# Capitalised words and dotted initials, a word at the end, none with a role.
_UPPER, _LOWER = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_WORD = f"[{_UPPER}][{_LOWER}]+(?:-[{_UPPER}][{_LOWER}]+)?"
_PLAIN = re.compile(
    rf"(?:(?:{_WORD}|[{_UPPER}]\.(?:-[{_UPPER}]\.)?) )+"
    rf"[{_UPPER}](?:[{_LOWER}]|'[{_UPPER}]|-[{_UPPER}])*[{_LOWER}]"
)
# Words that may be more than a name in a name whose words are all capitalised, as long as it has no comma.
ROLE_WORDS = (
    lexicon.PARTICLES
    | lexicon.TITLES
    | lexicon.LONG_DEGREES
    | lexicon.COMMA_SUFFIXES.keys()
    | lexicon.VIETNAMESE_SURE_SURNAMES
    | lexicon.VIETNAMESE_MIDDLES
    | GROUP_WORDS
    | PLACEHOLDER_WORDS
    | {"the", "for", "and", "with", "of", "jr.", "sr.", "st.", "abdel", "abdul"}
) - {"na", "nan"}
_ROLES = f"(?:^| )(?:{'|'.join(re.escape(word) for word in sorted(ROLE_WORDS))})(?: |$)"


def is_plain(printed: str) -> bool:
    """Tell whether a name is plain."""
    return (
        _PLAIN.fullmatch(printed) is not None
        and ROLE_WORDS.isdisjoint(printed.lower().split())
        and printed[-3:] not in PATRONYMIC_ENDS
    )


def are_plain(printed: pl.Expr) -> pl.Expr:
    """Tell which names of a column are plain."""
    return (
        printed.str.contains(f"^(?:{_PLAIN.pattern})$")
        & ~printed.str.to_lowercase().str.contains(_ROLES)
        & ~printed.str.slice(-3).is_in(sorted(PATRONYMIC_ENDS))
    )
