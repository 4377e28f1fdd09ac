"""The ledger: what OpenAlex was asked and what that cost, shared by all processes of a data folder.

Here: the money of each day, the papers, authors and institutions that were named and when each was asked for, and
the parts of a span that are complete. A small SQLite file beside the raw pages; deleting it asks everything again
and loads nothing twice. Days are those of the partitions that name things, so the same runs ask the same questions.
Not here: the asking (`openalex`), and the answers (`landing`).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from pipeline.sources.errors import LandingError

LEDGER: Final = "openalex.sqlite"
"""The file's name, below the folder of raw pages."""

REFRESH_DAYS: Final = 180
"""A thing that was found is asked for again when it is named this long after."""

ASK_AGAIN_DAYS: Final = (30, 90)
"""What is missing is asked for again this long after the first time, and after every later one."""

_BUSY_SECONDS: Final = 60.0
_DUST: Final = 1e-9
"""Sums of prices are off by less than this, and no price is as small."""

_TABLES: Final = (
    """
    CREATE TABLE IF NOT EXISTS spending (
        day TEXT NOT NULL, account TEXT NOT NULL, calls INTEGER NOT NULL, dollars REAL NOT NULL,
        PRIMARY KEY (day, account)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS things (
        kind TEXT NOT NULL, id TEXT NOT NULL, detail TEXT, named TEXT NOT NULL, asked TEXT,
        misses INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (kind, id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS parts (
        span TEXT NOT NULL, part TEXT NOT NULL, PRIMARY KEY (span, part)
    ) WITHOUT ROWID
    """,
)

_NAME: Final = """
    INSERT INTO things (kind, id, detail, named) VALUES (:kind, :id, :detail, :day)
    ON CONFLICT (kind, id) DO UPDATE SET
        named = max(named, excluded.named),
        asked = CASE WHEN excluded.detail IS NOT NULL AND excluded.detail IS NOT detail THEN NULL ELSE asked END,
        detail = coalesce(excluded.detail, detail)
"""
_DUE: Final = """
    SELECT id, detail FROM things
    WHERE kind = :kind AND (asked IS NULL OR misses = 0 AND named >= date(asked, :refresh))
    ORDER BY id
"""
_MISSING: Final = """
    SELECT id, detail FROM things
    WHERE kind = :kind AND misses > 0 AND asked IS NOT NULL
        AND :day >= date(asked, CASE misses WHEN 1 THEN :first ELSE :later END)
    ORDER BY asked, id LIMIT :bound
"""
_STALE: Final = """
    SELECT id FROM things
    WHERE kind = :kind AND misses = 0 AND :day >= date(asked, :refresh)
    ORDER BY asked, id LIMIT :bound
"""
_ANSWERED: Final = """
    UPDATE things SET asked = max(:day, coalesce(asked, :day)), misses = CASE WHEN :found THEN 0 ELSE misses + 1 END
    WHERE kind = :kind AND id = :id
"""
_BOOK: Final = """
    INSERT INTO spending (day, account, calls, dollars) VALUES (:day, :account, 1, :dollars)
    ON CONFLICT (day, account) DO UPDATE SET calls = calls + 1, dollars = dollars + excluded.dollars
"""


class Kind(StrEnum):
    """What is asked for by its id."""

    PAPER = "paper"
    """An arXiv paper; its detail is the published DOI."""
    WORK = "work"
    """An OpenAlex work that came; it may be merged or deleted later."""
    AUTHOR = "author"
    INSTITUTION = "institution"


class Ledger:
    """One SQLite file; opened for each operation, so that it outlives none.

    Args:
        path: Made when something is first written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def book(self, account: str, day: str, dollars: float, bound: float | None = None) -> bool:
        """Count a call and its cost, unless the account's day would then be over the bound; tells whether it did.

        One step for all processes: two of them cannot spend the same money.
        """
        with self._writing() as con:
            if bound is not None and self._spent(con, account, day)[1] + dollars > bound + _DUST:
                return False
            con.execute(_BOOK, {"day": day, "account": account, "dollars": dollars})
        return True

    def correct(self, account: str, day: str, *, calls: int = 0, dollars: float = 0.0) -> None:
        """Change what was booked: a call that was not answered, a price that was another."""
        with self._writing() as con:
            con.execute(
                "UPDATE spending SET calls = calls + ?, dollars = max(dollars + ?, 0) WHERE day = ? AND account = ?",
                (calls, dollars, day, account),
            )

    def spent(self, account: str, day: str) -> tuple[int, float]:
        """Calls and dollars of an account on a day."""
        with self._writing() as con:
            return self._spent(con, account, day)

    def name(self, kind: Kind, things: Mapping[str, str | None], day: date) -> None:
        """Take down what a day's records name: id -> detail; another detail than before makes it due again."""
        rows = [
            {"kind": kind.value, "id": id_, "detail": detail, "day": day.isoformat()} for id_, detail in things.items()
        ]
        with self._writing() as con:
            con.executemany(_NAME, rows)

    def due(self, kind: Kind) -> dict[str, str | None]:
        """Id -> detail of what was never asked for, or was found long before it was last named; by id."""
        with self._writing() as con:
            rows = con.execute(_DUE, {"kind": kind.value, "refresh": f"+{REFRESH_DAYS} days"}).fetchall()
        return dict(rows)

    def missing(self, kind: Kind, day: date, *, bound: int) -> dict[str, str | None]:
        """Id -> detail of what was not there and may be asked for again on a day, the longest waiting first."""
        first, later = (f"+{days} days" for days in ASK_AGAIN_DAYS)
        with self._writing() as con:
            rows = con.execute(
                _MISSING,
                {"kind": kind.value, "day": day.isoformat(), "first": first, "later": later, "bound": bound},
            ).fetchall()
        return dict(rows)

    def stale(self, kind: Kind, day: date, *, bound: int) -> list[str]:
        """Ids of what came long before a day, the oldest first, whether anything names it or not."""
        values = {"kind": kind.value, "day": day.isoformat(), "refresh": f"+{REFRESH_DAYS} days", "bound": bound}
        with self._writing() as con:
            return [row[0] for row in con.execute(_STALE, values).fetchall()]

    def answered(self, kind: Kind, asked: Iterable[str], found: set[str], day: date) -> None:
        """Take down which of the things asked for are there, as of a partition's day."""
        rows = [{"kind": kind.value, "id": id_, "found": id_ in found, "day": day.isoformat()} for id_ in asked]
        with self._writing() as con:
            con.executemany(_ANSWERED, rows)

    def finish_part(self, span: str, part: str) -> None:
        """Take down that a part of a span is landed."""
        with self._writing() as con:
            con.execute("INSERT OR IGNORE INTO parts VALUES (?, ?)", (span, part))

    def finished_parts(self, span: str) -> set[str]:
        """The parts of an unfinished span that are landed."""
        with self._writing() as con:
            return {row[0] for row in con.execute("SELECT part FROM parts WHERE span = ?", (span,)).fetchall()}

    def finish_span(self, span: str) -> None:
        """Forget a span's parts: it is complete, and the next time it is asked for anew."""
        with self._writing() as con:
            con.execute("DELETE FROM parts WHERE span = ?", (span,))

    @staticmethod
    def _spent(con: sqlite3.Connection, account: str, day: str) -> tuple[int, float]:
        rows: Sequence[tuple[int, float]] = con.execute(
            "SELECT calls, dollars FROM spending WHERE day = ? AND account = ?", (day, account)
        ).fetchall()
        return rows[0] if rows else (0, 0.0)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that excludes other writers.

        Raises:
            LandingError: the file cannot be read or written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)) as con:
                con.execute("BEGIN IMMEDIATE")
                try:
                    for table in _TABLES:
                        con.execute(table)
                    yield con
                except BaseException:
                    con.execute("ROLLBACK")
                    raise
                con.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise LandingError(
                f"The ledger {self.path} cannot be used ({error}); make room, or delete it to ask everything again."
            ) from error
