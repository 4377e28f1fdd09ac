"""Initials: which words are some, and which are several run together, as the life sciences print them ("Smith JA").

Here: `is_initial`, `are_initials_together`, `initials_apart`. Not here: where in a name initials stand (`order`).
"""

import re

from pipeline.names import lexicon

__all__ = ["are_initials_together", "initials_apart", "is_initial"]

_INITIAL = re.compile(r"[^\W\d_]\.?(?:-[^\W\d_]\.?)*")
_CAPITALS = re.compile("[A-Z]{2,3}")
_VOWEL = re.compile("[AEIOU]")


def is_initial(word: str) -> bool:
    """Tell whether `word` is one initial, or several held together by hyphens ("J.", "C.-P.")."""
    return _INITIAL.fullmatch(word) is not None


def are_initials_together(word: str, others: list[str]) -> bool:
    """Tell whether `word` is initials run together: "JA" beside "Smith", "JH" beside "LEE"; not "MA" beside "Jie".

    Args:
        word: A word of a name.
        others: The other words of the same name. Among words that are all in capitals, only two or three consonants
            are initials, for "WANG YI" is printed in capitals throughout; so are three letters, for "ANA" is a name.
    """
    if not _CAPITALS.fullmatch(word) or word.lower() in lexicon.WORDS_LIKE_INITIALS:
        return False
    if not _VOWEL.search(word):
        return True
    return not word[2:] and any(not other.isupper() for other in others)


def initials_apart(given: str, family: str) -> str:
    """Return given names with initials that are run together one by one: "JA" is "J A"."""
    return " ".join(" ".join(word) if are_initials_together(word, [family]) else word for word in given.split())
