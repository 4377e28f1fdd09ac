"""Fields that the arXiv doors share, each with more than one spelling.

Here: dates, sizes, version lists, the note of a withdrawal. Not here: any one door's layout.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pipeline.sources.records import ArxivRecord, RuleBrokenError

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_WITHDRAWN = re.compile(
    r"\s*(?:th(?:is|e) (?:paper|article|submission|manuscript|work|preprint|note|letter) "
    r"(?:is|was|has been|have been) (?:being )?)?withdrawn\b",
    re.IGNORECASE,
)
_VERSION_DIGITS = 3
_SIZE = re.compile(r"\s*([0-9]{1,12})\s*(kb|b)?\s*", re.IGNORECASE)
WITHDRAWN_FLAG = "I"
"""arXiv's source type of a version that withdraws the paper (`I` for ignore)."""


def mail_date(written: str) -> datetime:
    """Read a date of RFC 5322, as `Mon, 2 Apr 2007 19:18:42 GMT`, in UTC.

    arXiv's own form is read without the general parser, which takes three times as long.

    Raises:
        RuleBrokenError: rule `bad_date`.
    """
    try:
        _, day, month, year, clock, zone = written.split(" ")
        if zone == "GMT" and len(clock) == 8 and clock[2] == clock[5] == ":":  # noqa: PLR2004 - HH:MM:SS
            return datetime(
                int(year),
                _MONTHS[month],
                int(day),
                int(clock[:2]),
                int(clock[3:5]),
                int(clock[6:]),
                tzinfo=UTC,
            )
    except (ValueError, KeyError):
        pass
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, IndexError, TypeError, OverflowError):
        raise RuleBrokenError("bad_date", f"{written[:80]!r} is no date of RFC 5322.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def iso_date(written: str) -> datetime:
    """Read a day or an instant of ISO 8601; a day is its first moment in UTC.

    Raises:
        RuleBrokenError: rule `bad_date`.
    """
    try:
        moment = datetime.fromisoformat(written.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RuleBrokenError("bad_date", f"{written[:80]!r} is no date of ISO 8601.") from None


def size_in_bytes(written: str | None) -> int | None:
    """Read arXiv's size of a source (`69kb`, kilobytes of 1,024, whole); null when there is none to read."""
    match = _SIZE.fullmatch(written) if written else None
    if match is None:
        return None
    return int(match[1]) * (1024 if (match[2] or "").lower() == "kb" else 1)


def version_number(written: str) -> int:
    """Read `v2`.

    Raises:
        RuleBrokenError: rule `bad_shape`.
    """
    number = written.removeprefix("v")
    if not number.isascii() or not number.isdigit() or len(number) > _VERSION_DIGITS:
        raise RuleBrokenError("bad_shape", f"{written[:20]!r} is no version, as v2 is.")
    return int(number)


def says_withdrawn(texts: Iterable[str | None]) -> bool:
    """Tell whether a comment or abstract begins by saying that the paper is withdrawn.

    Only a beginning counts: "withdrawn" further on is as often about another paper. Of six withdrawals that
    arXiv flagged in a real day's records this finds two, and it finds nothing else.
    """
    return any(_WITHDRAWN.match(" ".join(text.split())) for text in texts if text and "ithdrawn" in text)


def arxiv_record(
    *,
    versions: Sequence[dict[str, Any]],
    categories: str,
    comments: str | None,
    abstract: str | None,
    **fields: Any,
) -> ArxivRecord:
    """Build a record, deriving what follows from its list of versions.

    Args:
        versions: Fields of `ArxivVersion`, any order, empty when the door has none.
        categories: Blank-separated, primary first.
        comments: As printed.
        abstract: As printed.
        fields: The remaining fields of `ArxivRecord`; those given win over what the versions say.

    Raises:
        ValidationError: a field breaks a rule.
    """
    ordered = sorted(versions, key=lambda version: version["version"])
    newest = ordered[-1] if ordered else {}
    split = categories.split()
    derived: dict[str, Any] = {
        "version": newest.get("version"),
        "first_submitted_at": ordered[0]["submitted_at"] if ordered and ordered[0]["version"] == 1 else None,
        "last_updated_at": newest.get("submitted_at"),
        "primary_category": split[0] if split else None,
        "is_withdrawn": newest.get("source_type") == WITHDRAWN_FLAG or says_withdrawn((comments, abstract)),
    }
    return ArxivRecord.model_validate(
        {
            **derived,
            "versions": ordered,
            "categories": split,
            "comments": comments,
            "abstract": abstract,
            **fields,
        }
    )
