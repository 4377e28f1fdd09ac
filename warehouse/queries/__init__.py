"""Questions that people ask of the warehouse: one query a file, with what it asks, what a row is and its parameters.

A file begins with a comment of these lines, each of which may go on in the next one:

    -- With whom has somebody written most often?
    -- One row is a collaborator, most joint works first.
    -- author: a name as printed, in any case, or an author id
    -- shown = 20: rows at most

A parameter with `=` has a default. Values are bound as texts, so the query casts those that are not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePath
from typing import Final

_PARAMETER: Final = re.compile(r"(?P<name>[a-z_]+)(?: = (?P<default>[^:]*))?: (?P<says>.+)")
_BEGINS_A_LINE: Final = ("One row is ",)


@dataclass(frozen=True)
class Parameter:
    """A value that a question takes.

    Attributes:
        name: Its name in the SQL, without the dollar sign.
        default: Its value when none is given; None when one must be.
        says: What it is, for people.
    """

    name: str
    default: str | None
    says: str


@dataclass(frozen=True)
class Question:
    """A query with what its first comment says.

    Attributes:
        name: The file's name without ending.
        asks: The question in words.
        row: What one row of the answer is.
        parameters: Its parameters, in the order of the comment.
        sql: The whole file.
    """

    name: str
    asks: str
    row: str
    parameters: tuple[Parameter, ...]
    sql: str


def questions() -> Mapping[str, Question]:
    """The questions that come with the warehouse, by name, in the order of the alphabet."""
    found = sorted(path.name for path in files(__package__).iterdir() if path.name.endswith(".sql"))
    read = (question(name, files(__package__).joinpath(name).read_text(encoding="utf-8")) for name in found)
    return {each.name: each for each in read}


def question(file: str, sql: str) -> Question:
    """A query file taken apart; one without such a comment asks nothing and has no parameters."""
    asks, row = "", ""
    parameters = []
    for line in _lines(sql):
        if found := _PARAMETER.fullmatch(line):
            parameters.append(Parameter(found["name"], found["default"], found["says"]))
        elif line.startswith(_BEGINS_A_LINE):
            row = line
        else:
            asks = asks or line
    return Question(PurePath(file).stem, asks, row, tuple(parameters), sql)


def _lines(sql: str) -> Iterator[str]:
    """The lines of the first comment, those that go on joined to the one that they continue."""
    current = ""
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--").strip()
        if current and not text.startswith(_BEGINS_A_LINE) and not _PARAMETER.fullmatch(text):
            current = f"{current} {text}"
            continue
        if current:
            yield current
        current = text
    if current:
        yield current
