"""OpenAlex filter strings and searches: text to checked conditions.

Belongs here: the filter grammar, its errors, what a number or a day in a filter means. The facts of each
filter are in `entities`; finding the objects is in `selection`.

    filter    = condition ("," condition)*          all must hold
    condition = name ":" ["!"] value ("|" value)*   any value, or none of them after "!"
    value     = text | quoted text                  a comma needs quotation marks; a space (`+`) means "and"
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.replica.entities import Filter, Kind, Operator

MAX_VALUES = 100
"""Values joined by `|` in one filter (https://help.openalex.org)."""

DAY_OPERATORS = frozenset({Operator.DAY, Operator.SINCE, Operator.UNTIL})
_NUMERIC = frozenset({Operator.NUMBER, Operator.COUNT})
_BOOLEAN = frozenset({Operator.BOOLEAN, Operator.EXISTS})
_SPACED = _NUMERIC | _BOOLEAN | DAY_OPERATORS | {Operator.WORDS, Operator.TEXT}
"""Operators whose values keep their spaces; elsewhere a space means that each part must hold."""


class QueryError(ValueError):
    """A request OpenAlex refuses with 400 "Invalid query parameters error."; the message is the answer's."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One part of a filter, read and checked.

    Attributes:
        name: As asked for, hyphens as underscores.
        use: The filter it names.
        values: What is asked for; `null` stands for a missing value.
        negated: Holds where it otherwise would not.
        every: All values must hold, not just one.
    """

    name: str
    use: Filter
    values: tuple[str, ...]
    negated: bool = False
    every: bool = False


def parse_filter(text: str, kind: Kind, paths: Iterable[str]) -> list[Condition]:
    """The conditions of a filter string.

    Args:
        text: As received, decoded.
        kind: Whose filters are known.
        paths: Dotted paths that the data has, usable as filters too.

    Raises:
        QueryError: The string is malformed, a name unknown or a value impossible.
    """
    known = frozenset(paths)
    return [_condition(part, kind, known) for part in _split(text, ",") if part.strip()]


def named_filter(name: str, kind: Kind, paths: Iterable[str]) -> Filter:
    """The filter of a name, or of a dotted path of the data.

    Raises:
        QueryError: There is none.
    """
    known = name.strip().replace("-", "_")
    if known in kind.filters:
        return kind.filters[known]
    if known in paths:
        return Filter(Operator.VALUE, (known,))
    valid = ", ".join(sorted(kind.filters))
    raise QueryError(f"{known} is not a valid field. Valid fields are underscore or hyphenated versions of: {valid}")


def search_condition(kind: Kind, text: str) -> Condition:
    """`search=` as a condition on the kind's texts.

    Raises:
        QueryError: The text uses `!` or `|`, which only filters know.
    """
    if any(word.startswith("!") for word in text.split()):
        raise QueryError(f"The search parameter does not support the ! operator. Problem value: {text}")
    if "|" in text:
        raise QueryError(f"The search parameter does not support the | operator. Problem value: {text}")
    return Condition("search", Filter(Operator.WORDS, kind.search), (text,))


def number_matches(found: float, wanted: str) -> bool:
    """Whether a number is the one wanted, or in a range: `>5`, `<5`, `2019-2021`, `2019-`, `-2021`."""
    bounds = _bounds(wanted)
    return bounds is not None and bounds[0] <= found <= bounds[1]


def is_number(text: str) -> bool:
    """Whether a text is a number as filters write it: digits, perhaps a decimal point, no sign."""
    return re.fullmatch(r"\d{1,18}(?:\.\d{1,18})?", text.strip(), re.ASCII) is not None


def _condition(part: str, kind: Kind, paths: frozenset[str]) -> Condition:
    name, colon, value = part.partition(":")
    if not colon:
        raise QueryError(f"Invalid query parameter in {part}. If a value contains a comma, put it in quotation marks.")
    use = named_filter(name, kind, paths)
    name, value = name.strip().replace("-", "_"), value.strip()
    negated = value.startswith("!")
    values = [single.strip() for single in _split(value.removeprefix("!"), "|")]
    _check_count(name, values)
    every = len(values) == 1 and " " in values[0] and '"' not in values[0] and use.operator not in _SPACED
    if every:
        values = values[0].split()
    if use.operator is not Operator.WORDS:
        values = [single.strip('"') for single in values]
    for single in values:
        _check_value(name, use.operator, single)
    return Condition(name, use, tuple(values), negated, every)


def _check_count(name: str, values: list[str]) -> None:
    if len(values) > MAX_VALUES:
        raise QueryError(
            f"Maximum number of values exceeded for {name}. Decrease values to {MAX_VALUES} or below, or "
            "consider downloading the full dataset at https://docs.openalex.org/download-snapshot"
        )
    for value in values:
        if value.startswith("!"):
            raise QueryError(f"The ! operator can only be used at the beginning of an OR query. Problem value: {value}")


def _check_value(name: str, operator: Operator, value: str) -> None:
    if value == "null" and operator is not Operator.WORDS:
        return
    if operator in _NUMERIC and _bounds(value) is None:
        raise QueryError(f"Value for param {name} must be a number.")
    if operator in DAY_OPERATORS and not _is_day(value.lstrip("<>") if operator is Operator.DAY else value):
        raise QueryError(f"Value for param {name} is an invalid date. Format is yyyy-mm-dd (e.g. 2020-05-17).")
    if operator in _BOOLEAN and value.casefold() not in {"true", "false"}:
        raise QueryError(f"Value for {name} must be true or false, not {value}.")


def _bounds(written: str) -> tuple[float, float] | None:
    """The closed range a number filter means, or nothing when it is not a number."""
    text = written.strip()
    if is_number(text):
        return float(text), float(text)
    if is_number(text[1:]) and text[0] == ">":
        return math.nextafter(float(text[1:]), math.inf), math.inf
    if is_number(text[1:]) and text[0] == "<":
        return -math.inf, math.nextafter(float(text[1:]), -math.inf)
    low, dash, high = text.partition("-")
    if not dash or not (low or high) or not all(is_number(end) for end in (low, high) if end):
        return None
    return float(low or -math.inf), float(high or math.inf)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that are outside quotation marks; a lone mark is text."""
    parts, quoted = [""], False
    for at, char in enumerate(text):
        if char == '"' and (quoted or '"' in text[at + 1 :]):
            quoted = not quoted
        if char == separator and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return parts
