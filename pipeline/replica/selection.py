"""Which OpenAlex objects a list of conditions means.

Belongs here: matching conditions by index where there is one, object by object elsewhere, and how well an
object answers a search. Reading conditions is in `filters`, the indexes are in `store`.
"""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from pipeline.replica.entities import WORKS, Filter, Kind, Operator
from pipeline.replica.filters import DAY_OPERATORS, Condition, is_number, number_matches
from pipeline.replica.store import Store, leaves, normal
from pipeline.replica.words import contains_phrase, wanted_words, words

_LOWEST_DAY, _HIGHEST_DAY = "0000-00-00", "9999-99-99"


def select(store: Store, conditions: Iterable[Condition], *, expansion: bool = False) -> list[int]:
    """Ranks of the listed objects for which every condition holds, ascending.

    Args:
        store: The objects.
        conditions: From `parse_filter`.
        expansion: Works of the expansion are listed too.
    """
    scanned: list[Condition] = []
    found: set[int] | None = None
    for condition in conditions:
        indexed = _indexed(store, condition)
        if indexed is None:
            scanned.append(condition)
        else:
            found = indexed if found is None else found & indexed
    hidden = frozenset() if expansion and store.kind is WORKS else store.unlisted
    return [
        rank
        for rank in (range(len(store)) if found is None else sorted(found))
        if rank not in hidden and (not scanned or all(_holds(store[rank], condition, store) for condition in scanned))
    ]


def relevance(item: dict[str, Any], kind: Kind, texts: Iterable[str]) -> float:
    """How well an object answers: share of the words its name has, then how often it is cited."""
    name = {word for leaf in leaves(item, kind.search[0]) for word in words(str(leaf))}
    wanted = {word for text in texts for word in wanted_words(text)}
    cited = item.get("cited_by_count")
    citations = math.log10(cited + 1) if isinstance(cited, int) and cited > 0 else 0.0
    return round(100 * len(wanted & name) / max(len(wanted), 1) + citations, 6)


def _indexed(store: Store, condition: Condition) -> set[int] | None:
    """The ranks a condition means where an index knows exactly, else nothing."""
    look_up = _index_of(store, condition)
    if look_up is None or "null" in condition.values:
        return None
    each = [look_up(value) for value in condition.values]
    found = set.intersection(*each) if condition.every else set.union(*each)
    return set(range(len(store))) - found if condition.negated else found


def _index_of(store: Store, condition: Condition) -> Callable[[str], set[int]] | None:
    """The index that answers a condition, as a function of one value."""
    operator, path = condition.use.operator, condition.use.paths[0]
    if len(condition.use.paths) > 1:
        return None
    if path == "publication_date" and operator in DAY_OPERATORS:
        return lambda value: _on_days(store, operator, value)
    if path in store.postings and operator in {Operator.VALUE, Operator.TEXT}:
        return lambda value: set(store.postings[path].get(normal(value), ()))
    if path in store.postings and operator is Operator.NUMBER:
        return lambda value: _numbered(store.postings[path], value)
    plain = not any(mark in value for value in condition.values for mark in '"*?')
    if path in store.words and operator is Operator.WORDS and plain:
        return lambda value: _worded(store.words[path], value)
    return None


def _on_days(store: Store, operator: Operator, value: str) -> set[int]:
    if operator is Operator.SINCE:
        return set(store.published_between(value, _HIGHEST_DAY))
    if operator is Operator.UNTIL:
        return set(store.published_between(_LOWEST_DAY, value))
    day = value.lstrip("<>")
    that_day = set(store.published_between(day, day))
    if value.startswith(">"):
        return set(store.published_between(day, _HIGHEST_DAY)) - that_day
    if value.startswith("<"):
        return set(store.published_between(_LOWEST_DAY, day)) - that_day
    return that_day


def _numbered(posting: dict[str, list[int]], value: str) -> set[int]:
    hits = (ranks for key, ranks in posting.items() if is_number(key) and number_matches(float(key), value))
    return {rank for ranks in hits for rank in ranks}


def _worded(index: dict[str, list[int]], value: str) -> set[int]:
    found = [set(index.get(word, ())) for word in wanted_words(value)]
    return set.intersection(*found) if found else set()


def _holds(item: dict[str, Any], condition: Condition, store: Store) -> bool:
    held = (_value_holds(item, condition.use, value, store) for value in condition.values)
    return (all(held) if condition.every else any(held)) != condition.negated


def _value_holds(item: dict[str, Any], use: Filter, value: str, store: Store) -> bool:
    if use.operator is Operator.NAMED_BY:
        source = store.find(value)
        return source is not None and normal(item["id"]) in set(map(normal, leaves(source, use.paths[0])))
    found = [leaf for path in use.paths for leaf in leaves(item, path)]
    if use.operator is Operator.WORDS:
        return _words_hold(found, value)
    if value == "null":
        return not found
    if use.operator is Operator.EXISTS:
        return bool(found) == (value.casefold() == "true")
    if use.operator is Operator.COUNT:
        return number_matches(len(found), value)
    return any(_leaf_holds(leaf, use.operator, value) for leaf in found)


def _leaf_holds(leaf: Any, operator: Operator, value: str) -> bool:
    if operator in DAY_OPERATORS:
        return _day_holds(str(leaf)[:10], operator, value)
    if operator is Operator.PREFIX:
        return normal(leaf).startswith(normal(value))
    if isinstance(leaf, int | float) and not isinstance(leaf, bool):
        return number_matches(leaf, value)
    return normal(leaf) == normal(value)


def _day_holds(day: str, operator: Operator, value: str) -> bool:
    if operator is Operator.SINCE or value.startswith(">"):
        return day > value[1:] if value.startswith(">") else day >= value
    if operator is Operator.UNTIL or value.startswith("<"):
        return day < value[1:] if value.startswith("<") else day <= value
    return day == value


def _words_hold(found: list[Any], value: str) -> bool:
    """Whether the texts together have every word, and every quoted phrase is within one of them."""
    texts = [words(str(leaf)) for leaf in found]
    phrases = re.findall(r'"([^"]*)"', value)
    loose = wanted_words(re.sub(r'"[^"]*"', " ", value))
    wanted = [wanted_words(phrase) for phrase in phrases] + [(word,) for word in loose]
    return bool(wanted) and all(any(contains_phrase(text, phrase) for text in texts) for phrase in wanted)
