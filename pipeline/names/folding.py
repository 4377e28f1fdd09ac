"""The key form of a printed text: ASCII, lower case, no punctuation.

Here: `fold`. Not here: what the parts of a name are, or how far two of them agree.
"""

import re
from functools import lru_cache

from anyascii import anyascii

__all__ = ["fold"]

# What anyascii makes of apostrophes, ayn, hamza and the soft sign: part of the word before.
_APOSTROPHES = re.compile("['`]")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


class _Transliterations(dict[int, str]):
    """What anyascii makes of each letter, kept: looking a letter up again is most of the time of a long text."""

    def __missing__(self, letter: int) -> str:
        self[letter] = anyascii(chr(letter))
        return self[letter]


_TRANSLITERATIONS = _Transliterations()


@lru_cache(maxsize=1 << 18)
def fold(text: str) -> str:
    """Return the tokens of `text` in ASCII lower case, joined by single spaces; empty when nothing is left.

    Letters of any script are transliterated (anyascii; Han as pinyin), diacritics go ("ü" is "u", "ß" is
    "ss", "ø" is "o"). An apostrophe vanishes ("O'Brien" is "obrien"); a hyphen and every other mark
    separates ("Jean-Pierre" is "jean pierre"). Idempotent and total.
    """
    if not text.isascii():
        text = text.casefold().translate(_TRANSLITERATIONS)
    return _SEPARATORS.sub(" ", _APOSTROPHES.sub("", text.lower())).strip()
