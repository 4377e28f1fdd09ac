"""What an OpenAlex snapshot says is gone: the ids that `deleted_ids.csv` and `merged_ids/` list.

OpenAlex's list of deleted works is cumulative, tens of millions of rows by 2026; so its rows are read one by one and
an id takes eight bytes. Not here: forgetting the records (`steps.pages`).
"""

import csv
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pydantic_core import from_json

from pipeline.snapshots.files import ImportFileError, opened
from pipeline.sources.identifiers import normalise_openalex_id

LETTERS: Final = {"works": "W", "authors": "A", "institutions": "I"}
"""Folder of a snapshot -> the letter its ids begin with."""

ID_COLUMNS: Final = ("id", "work_id", "author_id", "institution_id")
"""Names of the column that holds the ids: `work_id` in `deleted_ids.csv`, `id` in `merged_ids/`."""

MOST_UNREAD: Final = 100_000
"""Rows that name no id, in a list that is one."""

_ID: Final = re.compile(rb'"id"\s*:\s*"[^"]*?([WAI])(\d{1,12})"')
_LISTS: Final = ("deleted_ids.csv", "deleted_ids.csv.gz")


@dataclass(frozen=True)
class Gone:
    """The things of one kind that are gone.

    Attributes:
        letter: Of the kind.
        numbers: Their ids without the letter, ascending, each once.
        unread: Rows that name no id of the kind, as they stand, for staging to reject.
    """

    letter: str
    numbers: npt.NDArray[np.int64]
    unread: tuple[str, ...]

    def has(self, line: bytes) -> bool:
        """Whether a record's line has one of these ids as its own; not so a line that cannot be read."""
        if not any(letter.decode() == self.letter and self._holds(int(number)) for letter, number in _ID.findall(line)):
            return False
        try:
            thing: Any = from_json(line)
        except ValueError:
            return False
        identifier = thing.get("id") if isinstance(thing, dict) else None
        return isinstance(identifier, str) and bool(self.among([normalise_openalex_id(identifier) or ""]))

    def among(self, ids: Iterable[str]) -> list[str]:
        """Those of these ids that are gone, by id."""
        return sorted(one for one in ids if one.startswith(self.letter) and self._holds(int(one[1:])))

    def _holds(self, number: int) -> bool:
        place = int(np.searchsorted(self.numbers, number))
        return place < len(self.numbers) and int(self.numbers[place]) == number


def gone_of(root: Path, kind: str) -> Gone:
    """What a snapshot lists as gone of a kind.

    Args:
        root: The folder that holds the folders of the kinds.
        kind: Name of the kind's folder.

    Raises:
        ImportFileError: A list cannot be read, or is none.
    """
    files = [root / kind / name for name in _LISTS] + sorted((root / "merged_ids" / kind).glob("*.csv*"))
    numbers, unread, letter = array("q"), list[str](), LETTERS[kind]
    for file in filter(Path.is_file, files):
        with opened(file) as content:
            try:
                for row, identifier in _rows(line.decode("utf-8", errors="replace") for line in content.lines):
                    if identifier and identifier[0] == letter:
                        numbers.append(int(identifier[1:]))
                    else:
                        unread.append(row)
                        if len(unread) > MOST_UNREAD:
                            raise ImportFileError(f"{file} is no list of ids of {kind}: download it again.")
            except csv.Error as error:
                raise ImportFileError(f"{file} is no table ({error}): download it again.") from error
    return Gone(letter, np.unique(np.asarray(numbers, dtype=np.int64)), tuple(dict.fromkeys(unread)))


def _rows(lines: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """The rows of a table but for its heading, each with its id: of the column of ids, the first without a heading."""
    column = 0
    # A row is a line: a quote that is not closed would take all rows after it for its own.
    for line in filter(None, map(str.strip, lines)):
        (row,) = csv.reader([line])
        heading = next((name for name in ID_COLUMNS if name in row), None)
        if heading:
            column = row.index(heading)
        else:
            yield line, normalise_openalex_id(row[column]) if len(row) > column else None
