"""Text as searchable words, shared by both search grammars.

Belongs here: folding text to words and finding words or phrases in them. Neither server stems here, which
the real ones do: `network` does not find `networks`.
"""

import fnmatch
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_PATTERN = re.compile(r"[^\W_*?]*[*?][^\W_]*(?:[*?][^\W_]*)*|[^\W_]+")


def words(text: str) -> list[str]:
    """Words of a text in order: letters and digits, case and diacritics folded, all else separates."""
    return _WORD.findall(_folded(text))


@lru_cache(maxsize=4096)
def wanted_words(text: str) -> tuple[str, ...]:
    """Words of a query, `*` and `?` kept as wildcards."""
    return tuple(_PATTERN.findall(_folded(text)))


def contains_phrase(haystack: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the wanted words (wildcards allowed) stand next to each other; no words are found nowhere."""
    if not wanted:
        return False
    if not any(is_pattern(word) for word in wanted):
        return f" {' '.join(wanted)} " in f" {' '.join(haystack)} "
    last = len(haystack) - len(wanted)
    return any(
        all(word_matches(haystack[start + offset], word) for offset, word in enumerate(wanted))
        for start in range(last + 1)
    )


def is_pattern(word: str) -> bool:
    """Whether a wanted word has wildcards."""
    return "*" in word or "?" in word


def word_matches(word: str, wanted: str) -> bool:
    """Whether one word is the wanted one, `*` standing for any letters and `?` for one."""
    if is_pattern(wanted):
        return fnmatch.fnmatchcase(word, wanted)
    return word == wanted


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char))
