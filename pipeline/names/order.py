"""Which words of a name without commas are the family name.

Here: the rules of order for alphabetic scripts. Not here: East Asian scripts (`scripts`), suffixes and titles
(`affixes`), commas (`parsing`).
"""

import re

from pipeline.names import lexicon
from pipeline.names.folding import fold
from pipeline.names.initials import are_initials_together, is_initial

__all__ = ["PATRONYMIC_ENDS", "in_printed_order", "is_particle"]

_VOWEL = re.compile("[AEIOUY]")
# Surnames of one letter exist: Vivian U, Won-Ki O, Jinhyun E, João Marcos do Ó.
_ONE_LETTER_SURNAMES = frozenset("UOEÓÖ")
_VIETNAMESE_LETTER = re.compile("[ơưđĐƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_PATRONYMIC = re.compile(r".+(?:ovich|evich|ovna|evna|ович|евич|овна|евна|ична|ьич)", re.IGNORECASE)
# The last three letters of a patronymic in Latin script.
PATRONYMIC_ENDS = frozenset({"ich", "vna"})
_RUSSIAN_SURNAME = re.compile(
    r".+(?:ov|ev|in|yn|sky|skiy|skii|skij|ko|ova|eva|ina|aya|ов|ев|ин|ын|ий|ко|ова|ева|ина|ая|ук|юк|ых)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)")
_CAMEL_PREFIXES = lexicon.word_set(
    "mc mac de di du da des del della la le lo van von vander fitz el al ten ter ver st saint san o"
)


def in_printed_order(words: list[str]) -> tuple[list[str], list[str], str | None]:
    """Return (given words, family words, suffix found at the front) of the words of one name.

    Given words are empty for a mononym; family words only when there is no word at all.
    """
    if len(words) <= 1:
        return *_unglued(words), None
    front = lexicon.SUFFIXES.get(words[0].rstrip(".").lower())
    if front is not None and (words[0].endswith(".") or words[0] in {"Jr", "Sr", "II", "III", "IV"}):
        end = _family_end(words, 1)
        return words[end:], words[1:end], front
    if _is_vietnamese_order(words) or _is_russian_order(words):
        return words[1:], words[:1], None
    head = _shouted_particles(words)
    others = [word for word in words[head + 1 :] if not is_initial(word)]
    if _in_capitals(words[head]) and others and not any(word.isupper() for word in others):
        end = _family_end(words, 0)
        return words[end:], words[:end], None
    trailing = _trailing_initials(words)
    body = words[: len(words) - trailing]
    start = 0 if trailing and _begins_with_particle(body) else _family_start(body)
    return [*body[:start], *words[len(body) :]], body[start:], None


def is_particle(word: str, following: str = "") -> bool:
    """Tell whether `word` belongs to the family name `following`: "van", "De"; "Bin" not before "Liu"."""
    plain = word.lower()
    if plain in lexicon.PARTICLES:
        is_sure = word == plain or plain not in lexicon.DOUBTFUL_PARTICLES
        return is_sure or fold(following) not in lexicon.ORDER_SURNAMES
    if plain in lexicon.LOWER_PARTICLES:
        return word == plain
    if plain in {"st.", "st"}:
        return fold(following) in lexicon.SAINTS
    return word in lexicon.ARABIC_PARTICLES


# --- family name first ------------------------------------------------------------------------------------


def _is_vietnamese_order(words: list[str]) -> bool:
    """Tell whether a Vietnamese surname leads: a sure one before Van or Thi, or one with none at the end."""
    first, middle, last = fold(words[0]), fold(words[1]), words[-1]
    is_sure = first in lexicon.VIETNAMESE_SURE_SURNAMES
    if is_sure and middle in lexicon.VIETNAMESE_MIDDLES and words[2:]:
        return True
    if first not in lexicon.VIETNAMESE_SURNAMES or fold(last) in lexicon.VIETNAMESE_SURNAMES:
        return False
    if is_sure and not is_initial(words[1]) and not is_initial(last):
        return True
    is_marked = _VIETNAMESE_LETTER.search(" ".join(words)) is not None
    return bool(words[2:]) and (is_marked or middle in lexicon.VIETNAMESE_MIDDLES)


def _is_russian_order(words: list[str]) -> bool:
    """Tell whether the words are surname, given name and patronymic."""
    if not words[2:] or words[3:]:
        return False
    family, given, patronymic = words
    return bool(_PATRONYMIC.fullmatch(patronymic) and _RUSSIAN_SURNAME.fullmatch(family)) and not is_initial(given)


def _in_capitals(word: str) -> bool:
    """Tell a family name in capitals from initials run together: it has a vowel, or is a known surname."""
    if not word.isupper() or not re.sub("[-']", "", word).isalpha() or is_initial(word):
        return False
    if word[3:]:
        return _VOWEL.search(word) is not None
    return bool(word[2:]) and word.lower() in lexicon.EAST_ASIAN_SURNAMES


def _shouted_particles(words: list[str]) -> int:
    """How many particles in capitals lead: "DE CASTRO Manuel"; never all words."""
    count = 0
    while count < len(words) - 1 and words[count].isupper() and is_particle(words[count], words[count + 1]):
        count += 1
    return count


def _family_end(words: list[str], start: int) -> int:
    """Index after the family name that begins at `start`: its particles and one word, never all words."""
    end = start
    while end < len(words) - 2 and is_particle(words[end], words[end + 1]):
        end += 1
    end += 1
    while end < len(words) - 1 and _in_capitals(words[start]) and _in_capitals(words[end]):
        end += 1
    return end


# --- family name last -------------------------------------------------------------------------------------


def _trailing_initials(words: list[str]) -> int:
    """How many words at the end are initials after a full word: "Ivanov A. B.", "Kumar S", "Smith JA", "LEE JH"."""
    count = 0
    while count < len(words) and is_initial(words[-1 - count]):
        count += 1
    if count == len(words):
        return 0
    last = words[-1]
    if count == 1 and last in _ONE_LETTER_SURNAMES:
        return 0
    if count > 0 or (words[2:] and not _begins_with_particle(words)):
        return count
    return int(are_initials_together(last, words[:-1]))


def _begins_with_particle(words: list[str]) -> bool:
    return len(words) > 1 and is_particle(words[0], words[1])


def _family_start(words: list[str]) -> int:
    """Index of the first word of the family name, which ends the list; 0 for a mononym."""
    start = len(words) - 1
    if start > 1 and words[start - 1] in lexicon.CONJUNCTIONS and not is_initial(words[start - 2]):
        return _before_particles(words, start - 2) if words[3:] else start - 1
    return _before_particles(words, max(start, 0))


def _before_particles(words: list[str], start: int) -> int:
    """Move `start` before the particles that precede it.

    A particle at the very front counts only in lower case ("van Dokkum" is a mononym, "Di Wang" is not),
    and in a name all in lower case not even then.
    """
    following = words[start : start + 1]
    while start > 0 and is_particle(words[start - 1], following[0]):
        if start == 1 and (not words[0].islower() or all(word.islower() for word in words)):
            break
        start -= 1
    return start


def _unglued(words: list[str]) -> tuple[list[str], list[str]]:
    """Part one word that is two run together ("AnnaDevor"); "McDonald" and "DeYoung" are one."""
    found = _CAMEL.fullmatch(words[0]) if words else None
    if found and found[1].lower() not in _CAMEL_PREFIXES:
        return [found[1]], [found[2]]
    return [], words
