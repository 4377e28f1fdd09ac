"""The OpenAlex API: from request parameters to JSON.

Belongs here: singletons, lists, `select`, `sort`. Filters are in `filters` and
`selection`, pages in `paging`, groups in `grouping`, prices and refusals in `allowance`.
"""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.replica.allowance import CREDIT_USD, LIST_CREDITS, SEARCH_CREDITS
from pipeline.replica.entities import Operator
from pipeline.replica.faults import Fault
from pipeline.replica.filters import QueryError, named_filter, parse_filter, search_condition
from pipeline.replica.grouping import GROUPS_PER_PAGE, groups
from pipeline.replica.paging import Page, page_of
from pipeline.replica.selection import relevance, select
from pipeline.replica.store import Store, leaves, normal

LISTED_AUTHORSHIPS = 100
"""Authorships of a work in a list; the rest are only in the singleton."""

_PARAMETERS = (
    "api_key",
    "corpus",
    "cursor",
    "filter",
    "format",
    "group_by",
    "group-by",
    "include_xpac",
    "mailto",
    "page",
    "per_page",
    "per-page",
    "search",
    "select",
    "sort",
)
_PROTECTED_FILTER = re.compile(r"(?:from_|to_)?(?:updated|created)_date:[><]?\d{4}-\d{2}-\d{2}")
_PROTECTED_SORT = re.compile(r"(?:from_|to_)?(?:updated|created)_date(?::(?:asc|desc))?")
_STALE_DATE = "2000-01-01T00:00:00.000000"


def not_in_plan(parameters: Mapping[str, str]) -> str | None:
    """What of a request needs a paid plan, in the words of the refusal, or nothing."""
    if found := _PROTECTED_FILTER.search(parameters.get("filter", "")):
        return f'The "{found[0]}" filter'
    if found := _PROTECTED_SORT.search(parameters.get("sort", "")):
        return f'Sorting by "{found[0]}"'
    return None


def credits_of(parameters: Mapping[str, str]) -> int:
    """What a list costs."""
    searched = "search" in parameters or ".search:" in parameters.get("filter", "")
    return SEARCH_CREDITS if searched else LIST_CREDITS


def singleton(store: Store, identifier: str, parameters: Mapping[str, str]) -> dict[str, Any] | None:
    """The whole object of an id, or nothing when there is none.

    Raises:
        QueryError: `select` names something that is not a root field.
    """
    fields = _selected(store, parameters)
    item = store.find(identifier)
    return None if item is None else _shown(item, fields)


def listing(store: Store, parameters: Mapping[str, str], fault: Fault | None = None) -> dict[str, Any]:
    """The answer to a list request: `meta`, `results`, `group_by`.

    Raises:
        QueryError: A parameter is unknown or has a wrong value.
        PaginationError: There is no such page.
    """
    _check_names(parameters)
    fields = _selected(store, parameters)
    conditions = parse_filter(parameters.get("filter", ""), store.kind, store.paths)
    if parameters.get("search", "").strip('" '):
        conditions.append(search_condition(store.kind, parameters["search"]))
    group_by = _group_by(parameters)
    page = page_of(parameters, GROUPS_PER_PAGE if group_by else None)
    ranks = select(store, conditions, expansion=_expansion_asked(parameters))
    if group_by:
        found = groups(store, ranks, group_by)
        part = [group.shown() for group in found[page.start : page.start + page.size]]
        meta = _meta(len(ranks), page, parameters, len(part), len(found))
        return {"meta": meta, "results": [], "group_by": part}
    texts = [
        value
        for part in conditions
        if part.use.operator is Operator.WORDS and not part.negated
        for value in part.values
    ]
    scores = {rank: relevance(store[rank], store.kind, texts) for rank in ranks} if texts else {}
    order = _sorted(store, ranks, parameters.get("sort", ""), scores)
    shown = [_listed(store[rank], scores.get(rank)) for rank in order[page.start : page.start + page.size]]
    results = [_shown(item, fields) for item in _spoilt(shown, fault)]
    return {"meta": _meta(len(ranks), page, parameters, len(shown)), "results": results, "group_by": []}


def _check_names(parameters: Mapping[str, str]) -> None:
    for name in parameters:
        if name not in _PARAMETERS:
            raise QueryError(f"{name} is not a valid parameter. Valid parameters are: {', '.join(_PARAMETERS)}.")
    if "corpus" in parameters and "include_xpac" in parameters:
        raise QueryError("corpus and include_xpac cannot be used together; include_xpac is deprecated.")
    if parameters.get("corpus", "core") not in {"core", "all"}:
        raise QueryError(f"corpus must be core or all, not {parameters['corpus']}.")
    if "select" in parameters and _group_by(parameters):
        raise QueryError("select does not work with group_by.")


def _group_by(parameters: Mapping[str, str]) -> str:
    return parameters.get("group_by") or parameters.get("group-by") or ""


def _selected(store: Store, parameters: Mapping[str, str]) -> frozenset[str] | None:
    """Root fields asked for; nothing means all."""
    if not parameters.get("select"):
        return None
    known = {*store.kind.fields, *(path for path in store.paths if "." not in path)}
    fields = [name.strip() for name in parameters["select"].split(",")]
    for name in fields:
        if name not in known:
            valid = ", ".join(store.kind.fields)
            raise QueryError(f"{name} is not a valid select field. Valid fields for select are: {valid}.")
    return frozenset(fields)


def _expansion_asked(parameters: Mapping[str, str]) -> bool:
    return parameters.get("corpus") == "all" or parameters.get("include_xpac", "").casefold() == "true"


def _meta(
    count: int, page: Page, parameters: Mapping[str, str], shown: int, groups_count: int | None = None
) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "count": count,
        "db_response_time_ms": 1,
        "page": page.number,
        "per_page": page.size,
        "groups_count": groups_count,
        "cost_usd": credits_of(parameters) * CREDIT_USD,
    }
    if page.number is None:
        meta["next_cursor"] = page.next_cursor(shown)
    return meta


def _sorted(store: Store, ranks: list[int], sort: str, scores: Mapping[int, float]) -> list[int]:
    """Ranks in the order asked for; ties keep the default order, objects without the value come last."""
    if not sort:
        return _by_relevance(ranks, scores) if scores else ranks
    for key in reversed(sort.split(",")):
        name, _, direction = key.strip().partition(":")
        if direction not in {"", "asc", "desc"}:
            raise QueryError(f"Invalid query parameter in {key}.")
        if name == "relevance_score":
            _check_relevance_sort(direction, scores)
            ranks = _by_relevance(ranks, scores)
        else:
            ranks = _by_value(store, ranks, name, falling=direction == "desc")
    return ranks


def _by_relevance(ranks: list[int], scores: Mapping[int, float]) -> list[int]:
    return sorted(ranks, key=lambda rank: -scores.get(rank, 0.0))


def _by_value(store: Store, ranks: list[int], name: str, *, falling: bool) -> list[int]:
    path = named_filter(name, store.kind, store.paths).paths[0]
    values = {rank: _sort_value(store[rank], path) for rank in ranks}
    valued = [(value, rank) for rank, value in values.items() if value is not None]
    valued.sort(key=lambda pair: pair[0], reverse=falling)
    return [rank for _, rank in valued] + [rank for rank, value in values.items() if value is None]


def _sort_value(item: dict[str, Any], path: str) -> tuple[bool, float, str] | None:
    """A value that sorts beside any other: numbers before text."""
    value = next(leaves(item, path), None)
    if value is None:
        return None
    if isinstance(value, int | float):
        return (False, float(value), "")
    return (True, 0.0, normal(value))


def _check_relevance_sort(direction: str, scores: Mapping[int, float]) -> None:
    if direction != "desc":
        raise QueryError("Sorting relevance score ascending is not allowed.")
    if not scores:
        raise QueryError(
            "Must include a search query (such as ?search=example or /filter=display_name.search:example) in "
            "order to sort by relevance_score."
        )


def _listed(item: dict[str, Any], score: float | None) -> dict[str, Any]:
    """An object as lists show it: the first authorships of a work, a score only after a search."""
    shown = {key: value for key, value in item.items() if key != "relevance_score"}
    if score is not None:
        shown = {"id": item["id"], "relevance_score": score, **shown}
    authorships = item.get("authorships")
    if isinstance(authorships, list) and len(authorships) > LISTED_AUTHORSHIPS:
        shown["authorships"] = authorships[:LISTED_AUTHORSHIPS]
        shown["is_authors_truncated"] = True
    return shown


def _shown(item: dict[str, Any], fields: frozenset[str] | None) -> dict[str, Any]:
    return item if fields is None else {key: value for key, value in item.items() if key in fields}


def _spoilt(shown: list[dict[str, Any]], fault: Fault | None) -> list[dict[str, Any]]:
    """The page as a fault leaves it; a page with nothing on it cannot be spoilt."""
    if fault is Fault.EMPTY_PAGE:
        return []
    if fault is Fault.DUPLICATE and shown:
        return [*shown, shown[0]]
    if fault is Fault.STALE and shown:
        return [*shown, {**shown[0], "updated_date": _STALE_DATE}]
    return shown
