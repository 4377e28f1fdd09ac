"""`group_by` of the OpenAlex API: objects counted by the values of a field.

Belongs here: keys, names and counts of groups. Which objects are counted is in `selection`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.replica.entities import Filter, Operator
from pipeline.replica.filters import named_filter
from pipeline.replica.store import Store, leaves, normal

GROUPS_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class Group:
    """One value and how many objects have it."""

    key: str
    name: str
    count: int

    def shown(self) -> Mapping[str, Any]:
        """As the API writes it."""
        return {"key": self.key, "key_display_name": self.name, "count": self.count}


def groups(store: Store, ranks: Iterable[int], group_by: str) -> list[Group]:
    """Every group, largest first, ties by key.

    Args:
        store: The objects.
        ranks: Those that are counted.
        group_by: A filter's name or a dotted path; `:include_unknown` after it adds objects without a value.

    Raises:
        QueryError: There is no such field.
    """
    name, _, extra = group_by.partition(":")
    use = named_filter(name, store.kind, store.paths)
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for rank in ranks:
        keys = _keys(store[rank], use)
        if not keys and extra == "include_unknown":
            keys = {"unknown": "unknown"}
        counts.update(keys.keys())
        names.update(keys)
    found = [Group(key, names[key], count) for key, count in counts.items()]
    return sorted(found, key=lambda group: (-group.count, group.key))


def _keys(item: dict[str, Any], use: Filter) -> dict[str, str]:
    """Keys one object counts for, and their names; an id is named by the `display_name` beside it."""
    path = use.paths[0]
    if use.operator is Operator.EXISTS:
        key = "true" if any(True for place in use.paths for _ in leaves(item, place)) else "false"
        return {key: key}
    if use.operator is Operator.COUNT:
        count = str(sum(1 for _ in leaves(item, path)))
        return {count: count}
    owner, _, last = path.rpartition(".")
    if last == "id" and owner:
        holders = (holder for holder in leaves(item, owner) if isinstance(holder, dict) and holder.get("id"))
        return {str(holder["id"]): str(holder.get("display_name") or holder["id"]) for holder in holders}
    keys = (normal(leaf) if isinstance(leaf, bool) else str(leaf) for leaf in leaves(item, path))
    return {key: key for key in keys}
