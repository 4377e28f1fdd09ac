"""Pages of OpenAlex lists: `page`, `per_page`, `cursor`.

Belongs here: which part of a list is asked for and how the next part is named. A cursor holds the place
where the next page begins; the real one holds the sort values of the last object, both mean nothing to
clients.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.replica.filters import QueryError

DEFAULT_PER_PAGE = 25
MAX_PER_PAGE = 200
"""Documented as 100 since 2026; 200 is still accepted."""
MAX_PAGED = 10_000
"""Results that `page` reaches; a cursor has no such end."""


class PaginationError(ValueError):
    """A request OpenAlex refuses with 400 "Pagination error."; the message is the answer's."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page begins and how long it is; `number` is missing where a cursor was given."""

    start: int
    size: int
    number: int | None

    def next_cursor(self, shown: int) -> str | None:
        """The cursor after a page with so many results; nothing after an empty one, which ends every list."""
        return base64.b64encode(json.dumps([self.start + shown]).encode()).decode() if shown else None


def page_of(parameters: Mapping[str, str], size: int | None = None) -> Page:
    """The page a request asks for.

    Args:
        parameters: Of the request.
        size: Overrides `per_page`.

    Raises:
        QueryError: A number is not one.
        PaginationError: There is no such page.
    """
    asked = _number(parameters, "per-page", DEFAULT_PER_PAGE)
    number = _number(parameters, "page", 1)
    cursor = parameters.get("cursor")
    if not 1 <= asked <= MAX_PER_PAGE:
        raise PaginationError(f"per-page parameter must be between 1 and {MAX_PER_PAGE}.")
    if number < 1:
        raise PaginationError("Page parameter must be greater than 0.")
    if cursor and number != 1:
        raise PaginationError("Cannot use page parameter with cursor.")
    length = size or asked
    if cursor:
        return Page(_start(cursor), length, None)
    if number * length > MAX_PAGED:
        raise PaginationError(
            f"Maximum results size of {MAX_PAGED:,} records is exceeded. Cursor pagination is required for "
            f"records beyond {MAX_PAGED:,}. See: https://docs.openalex.org/api#cursor-paging"
        )
    return Page((number - 1) * length, length, number)


def _number(parameters: Mapping[str, str], name: str, default: int) -> int:
    written = parameters.get(name) or parameters.get(name.replace("-", "_"))
    if not written:
        return default
    if len(written) > len(str(MAX_PAGED)) or not written.isascii() or not written.lstrip("-").isdigit():
        raise QueryError(f"Param {name} must be a number.")
    return int(written)


def _start(cursor: str) -> int:
    if cursor == "*":
        return 0
    if cursor.casefold() in {"null", "none"}:
        raise PaginationError("Cursor is null. Likely reached end of results.")
    try:
        [start] = json.loads(base64.b64decode(cursor, validate=True))
    except (ValueError, TypeError):
        start = None
    if not isinstance(start, int) or isinstance(start, bool) or start < 0:
        raise PaginationError("Invalid cursor value")
    return start
