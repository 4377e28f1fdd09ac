"""The arXiv half of the data folder: papers as the arXiv snapshot (Kaggle) writes them.

Belongs here: reading `arxiv.jsonl`, one newest record per paper, dates, the orders and indexes both arXiv
servers need. How a paper is written as XML is in `atom` and `oai_formats`; which papers a query means is in
`search`.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from pipeline.names import parse_name, split_byline
from pipeline.replica.faults import Fault
from pipeline.replica.lines import JsonLines, ReplicaDataError

EARLIEST_DATESTAMP = date(2005, 9, 16)
"""No OAI record is older: arXiv stamped all it then had on this day (read in arXiv's own server, github
arXiv/oaipmh)."""

_ID = re.compile(r"(?P<new>\d{4}\.\d{4,5})|(?P<old>[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.ASCII)
_VERSIONED_ID = re.compile(rf"(?P<id>{_ID.pattern})(?:v(?P<version>[1-9]\d{{0,3}}))?", re.ASCII)
_FIRST_YEAR = 91
"""Two-digit years from 91 on are of the last century: arXiv began in 1991."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What lists, filters and headers need of a paper; its texts stay in the file."""

    arxiv_id: str
    position: int
    submitted_at: datetime
    updated_at: datetime
    datestamp: date
    categories: tuple[str, ...]
    latest_version: int


@dataclass(frozen=True, slots=True)
class Author:
    """One name of a byline as arXiv splits it."""

    keyname: str
    forenames: str
    suffix: str
    affiliations: tuple[str, ...]

    @property
    def printed(self) -> str:
        """Forenames, keyname, suffix, as the Atom API prints a name."""
        return " ".join(part for part in (self.forenames, self.keyname, self.suffix) if part)


class Papers:
    """Every paper of a data folder once, its newest record, indexed by id, day and category.

    Args:
        folder: Holds `arxiv.jsonl` or `arxiv.jsonl.gz`; a missing file means no papers.

    Raises:
        ReplicaDataError: A line is not a JSON object or has no arXiv id.
    """

    def __init__(self, folder: Path) -> None:
        self._lines = JsonLines(folder, "arxiv.jsonl")
        self.by_id = _newest(_paper(line, position, self._lines) for position, line in enumerate(self._lines))
        papers = self.by_id.values()
        self.by_submission: Sequence[Paper] = sorted(papers, key=lambda paper: (paper.submitted_at, paper.arxiv_id))
        self.by_datestamp: Sequence[Paper] = sorted(papers, key=lambda paper: (paper.datestamp, paper.arxiv_id))
        self._submissions = [paper.submitted_at for paper in self.by_submission]
        self._datestamps = [paper.datestamp for paper in self.by_datestamp]
        self.by_category: dict[str, list[Paper]] = defaultdict(list)
        for paper in self.by_submission:
            for category in paper.categories:
                self.by_category[category.casefold()].append(paper)

    def line(self, paper: Paper) -> dict[str, Any]:
        """The paper's snapshot line."""
        return self._lines[paper.position]

    def submitted_between(self, first: datetime, last: datetime) -> Sequence[Paper]:
        """Papers whose first version is within the two moments, both included, oldest first."""
        return self.by_submission[bisect_left(self._submissions, first) : bisect_right(self._submissions, last)]

    def stamped_between(self, first: date, last: date) -> Sequence[Paper]:
        """Papers whose OAI datestamp is within the two days, both included, oldest first, ties by id."""
        return self.by_datestamp[bisect_left(self._datestamps, first) : bisect_right(self._datestamps, last)]

    def close(self) -> None:
        """Let the file go."""
        self._lines.close()


def split_version(identifier: str) -> tuple[str, int | None] | None:
    """An arXiv id and the version asked for, or nothing when it has not the form of an arXiv id."""
    found = _VERSIONED_ID.fullmatch(identifier)
    if found is None:
        return None
    version = found["version"]
    return found["id"], int(version) if version else None


def authors_of(line: dict[str, Any]) -> list[Author]:
    """The byline of a snapshot line, in printed order; the raw string serves where nothing is parsed."""
    parsed = line.get("authors_parsed")
    if not parsed:
        return [_author(name) for name in split_byline(text_of(line, "authors"))]
    return [
        Author(*_padded(entry), affiliations=tuple(str(place) for place in entry[3:] if place))
        for entry in parsed
        if isinstance(entry, list) and any(entry)
    ]


def versions_of(line: dict[str, Any], paper: Paper) -> list[dict[str, Any]]:
    """The versions of a paper, first to last: `version`, `created` (UTC) and what else the line says."""
    versions = [entry for entry in line.get("versions") or [] if isinstance(entry, dict)]
    if not versions:
        return [{"version": "v1", "created": paper.submitted_at}]
    return [
        {**entry, "version": f"v{number}", "created": _moment(entry.get("created")) or paper.submitted_at}
        for number, entry in enumerate(versions, start=1)
    ]


def text_of(line: dict[str, Any], key: str) -> str:
    """A text field of a snapshot line, empty when it is missing or null."""
    value = line.get(key)
    return value if isinstance(value, str) else "" if value is None else str(value)


def one_line(text: str) -> str:
    """Text without line breaks or doubled spaces."""
    return " ".join(text.split())


def _paper(line: dict[str, Any], position: int, lines: JsonLines) -> Paper:
    arxiv_id = text_of(line, "id")
    if _ID.fullmatch(arxiv_id) is None:
        raise ReplicaDataError(f"{lines.where(position)} has no arXiv id; give it an `id` such as 0704.0001.")
    versions = [entry for entry in line.get("versions") or [] if isinstance(entry, dict)]
    changed = _moment(line.get("update_date"))
    submitted = _moment(versions[0].get("created") if versions else None) or changed or _month_of(arxiv_id)
    updated = _moment(versions[-1].get("created") if versions else None) or changed or submitted
    return Paper(
        arxiv_id=arxiv_id,
        position=position,
        submitted_at=submitted,
        updated_at=updated,
        datestamp=max((changed or updated).date(), EARLIEST_DATESTAMP),
        categories=tuple(text_of(line, "categories").split()),
        latest_version=max(len(versions), 1),
    )


def _newest(papers: Iterable[Paper]) -> dict[str, Paper]:
    newest: dict[str, Paper] = {}
    for paper in papers:
        held = newest.get(paper.arxiv_id)
        if held is None or (held.latest_version, held.datestamp) <= (paper.latest_version, paper.datestamp):
            newest[paper.arxiv_id] = paper
    return newest


def _moment(written: object) -> datetime | None:
    """A moment as the snapshot writes it, RFC 822 or ISO 8601; UTC where it does not say."""
    if not isinstance(written, str):
        return None
    for reader in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = reader(written)
        except ValueError:
            continue
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _month_of(arxiv_id: str) -> datetime:
    """The month an id was given out in, which every arXiv id says."""
    digits = arxiv_id.rpartition("/")[2]
    year, month = int(digits[:2]), int(digits[2:4])
    return datetime(1900 + year if year >= _FIRST_YEAR else 2000 + year, min(max(month, 1), 12), 1, tzinfo=UTC)


def _padded(entry: list[Any]) -> tuple[str, str, str]:
    keyname, forenames, suffix = (*(str(part or "") for part in entry[:3]), "", "", "")[:3]
    return keyname, forenames, suffix


def _author(printed: str) -> Author:
    name = parse_name(printed)
    return Author(name.family or name.raw, name.given or "", name.suffix or "", ())


def spoilt(page: list[tuple[Paper, int]], fault: Fault | None) -> list[tuple[Paper, int]]:
    """A page of papers, each with the version shown, as a fault leaves it; an empty one cannot be spoilt."""
    if not page:
        return page
    if fault is Fault.EMPTY_PAGE:
        return []
    if fault is Fault.DUPLICATE:
        return [*page, page[0]]
    if fault is Fault.STALE:
        paper, version = max(page, key=lambda shown: shown[1])
        return [*page, (paper, max(version - 1, 1))]
    return page
