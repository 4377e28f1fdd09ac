"""The steps run one after the other over pages landed by a test, without Dagster."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipeline.schemas import TABLES, VIEWS
from pipeline.sources.landing import Landing
from pipeline.sources.pages import RawPage, Source
from pipeline.sources.parsing import parse_page
from pipeline.steps import bylines, changes_made, pages, papers, people, profiles, works
from warehouse import Limits, Warehouse

START = datetime(2026, 1, 1, tzinfo=UTC)

MANY = int(os.environ.get("EXAMPLES", "1"))
"""Times as many random worlds as in the suite, where a world takes seconds: 20 after a change of what is renewed."""

VOLATILE = frozenset(
    {"run_id", "page_id", "pages", "build", "window_id", "fetched_at", "completed_at", "rejected_at", "at", "event_id"}
)
"""Columns that say when and in which run, not what."""

OF_THE_LANDING = frozenset({"raw.windows", "raw.pages", "staging.page_loads"})
"""Tables about pages, not about what stands on them."""

OF_THE_RUNS = frozenset({"resolved.resolutions", "staging.builds", "staging.work_changes", "marts.changes"})
"""Tables about runs."""

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Bench:
    """A warehouse and a landing below one folder."""

    folder: Path

    @property
    def landing(self) -> Landing:
        return Landing(self.folder / "raw")

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.folder, Limits(threads=2))

    def land(self, source: Source, body: bytes, *, minutes: int = 0) -> None:
        """Land one page as a window of its own, fetched so many minutes after the start."""
        page = RawPage(
            source=source.value,
            request=f"test:{minutes}",
            window=f"test:{minutes}",
            status=200,
            media_type="application/json",
            body=body,
            fetched_at=START + timedelta(minutes=minutes),
            received=parse_page(source, body).received,
            total=None,
        )
        self.landing.commit(source.value, page.window, [self.landing.land(page)])

    def read(self, *, run_id: str = "run") -> pages.Received:
        """Register and read what was landed."""
        with self.warehouse.write() as con:
            pages.register_windows(con, self.landing)
        return sum(pages.read_pages(self.warehouse, self.landing, run_id=run_id), pages.Received())

    def build(self, *, run_id: str = "run") -> dict[str, int]:
        """Read, then everything downstream; returns all counts."""
        counts = self.read(run_id=run_id).as_counts()
        with self.warehouse.write() as con:
            for step in (works.build_works, bylines.build_mentions):
                counts |= step(con, run_id=run_id)
            counts |= people.resolve_people(con, run_id=run_id, threads=2)
            for step in (profiles.build_profiles, papers.build_papers, changes_made.build_changes):
                counts |= step(con, run_id=run_id)
        return counts

    def rows(self, sql: str, *values: object) -> Rows:
        """Rows of the working file, which is quicker to open for reading."""
        with duckdb.connect(str(self.warehouse.working_path), read_only=True) as con:
            con.execute("SET TimeZone = 'UTC'")
            return con.execute(sql, values).fetchall()

    def contents(self) -> dict[str, Rows]:
        """Every table about the world, without the columns that say when."""
        with self.warehouse.write() as con:
            return contents(con, set(TABLES) - OF_THE_LANDING - OF_THE_RUNS)


def contents(con: Any, tables: Iterable[str]) -> dict[str, Rows]:
    """Rows of tables in an order of their own, volatile columns left out."""
    found = {}
    for name in sorted(tables):
        columns = [f'"{column}"' for column in TABLES[name].column_names() if column not in VOLATILE]
        found[name] = con.execute(f"SELECT {', '.join(columns)} FROM {name} ORDER BY ALL").fetchall()
    return found


def forget(con: Any) -> None:
    """Empty every table."""
    for name in sorted(TABLES.keys() - VIEWS):
        con.execute(f"TRUNCATE {name}")
