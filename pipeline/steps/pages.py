"""Landed pages into staging: registered in raw, then read once each, newest record wins."""

import atexit
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, NamedTuple

import duckdb
import polars as pl

from pipeline.normalise import records as frames
from pipeline.normalise.papers import Papers, frame_schema, paper_rows, papers_of, version_rows
from pipeline.normalise.snapshot import read_snapshot_lines
from pipeline.schemas import TABLES
from pipeline.sources.identifiers import normalise_openalex_id
from pipeline.sources.landing import LandedPage, Landing
from pipeline.sources.pages import MAX_PAYLOAD_CHARS, Reject, Source
from pipeline.sources.parsing import parse_page
from pipeline.steps.watching import tell
from warehouse import Warehouse
from warehouse.tables import append, merge

RAW_TABLES = ("raw.windows", "raw.pages")
"""The tables that registering fills."""

RECORD_TABLES = (
    "staging.page_loads",
    "staging.rejected",
    "staging.arxiv_records",
    "staging.arxiv_versions",
    "staging.openalex_works",
    "staging.openalex_authors",
    "staging.openalex_institutions",
)
"""The tables that reading fills."""

BATCH_PAGES = 20
"""Pages read in one transaction: what a kill costs at most. Twenty slices of a snapshot are 100,000 papers."""

ALONE_BYTES = 30_000_000
"""Up to so many bytes of pages are read sooner than processes start."""

UNVERSIONED_UPDATE = "coalesce(CASE WHEN {0}.version IS NULL THEN {0}.last_updated_at END, TIMESTAMPTZ 'epoch')"
"""When a record of unknown version was last updated. A version's own date decides nothing: what was fetched later
knows it better. A page that is read again renews its own rows."""

NEWER_ARXIV = " >= ".join(
    f"(coalesce({side}.version, 0), {UNVERSIONED_UPDATE.format(side)}, {side}.fetched_at, {side}.page_id)"
    for side in ("new", "old")
)
NEWER_WORK = (
    "(coalesce(new.updated_at, TIMESTAMPTZ 'epoch'), NOT new.is_byline_truncated, new.fetched_at, new.page_id)"
    " >= (coalesce(old.updated_at, TIMESTAMPTZ 'epoch'), NOT old.is_byline_truncated, old.fetched_at, old.page_id)"
)
NEWER_THING = " >= ".join(
    f"(coalesce({side}.updated_at, TIMESTAMPTZ 'epoch'), {side}.fetched_at, {side}.page_id)" for side in ("new", "old")
)
SAME_PAGE = "new.page_id = old.page_id"
"""A bare mention of an institution never replaces the institution's own record."""
FULLER_VERSION = "new.size_bytes IS NOT NULL OR old.size_bytes IS NULL AND new.submitted_at IS NOT NULL"


@dataclass(frozen=True)
class Received:
    """What reading pages gave; received is accepted and rejected together, always."""

    pages: int = 0
    accepted: int = 0
    rejected: int = 0

    def __add__(self, other: "Received") -> "Received":
        """Both together."""
        return Received(self.pages + other.pages, self.accepted + other.accepted, self.rejected + other.rejected)

    def as_counts(self) -> dict[str, int]:
        """The counts under the names that assets show."""
        return {
            "pages_read": self.pages,
            "received": self.accepted + self.rejected,
            "accepted": self.accepted,
            "rejected": self.rejected,
        }


@dataclass(frozen=True)
class Frames:
    """One page's rows for one table, and the condition under which they replace older ones."""

    table: str
    rows: pl.DataFrame
    newer: str


@dataclass(frozen=True)
class PageRows:
    """What a page becomes.

    Args:
        page: The page.
        received: Records that stood on it.
        parts: Its rows, at most one a key of each table, every one within its contract.
        gone: Keys of records that no longer exist, by table.
        rejects: Columns of `staging.rejected` of the other records, but for where they came from.
    """

    page: LandedPage
    received: int
    parts: tuple[Frames, ...]
    gone: Mapping[str, list[str]]
    rejects: list[dict[str, Any]]

    @property
    def counts(self) -> Received:
        """What the page gave."""
        return Received(1, self.received - len(self.rejects), len(self.rejects))


def register_windows(con: duckdb.DuckDBPyConnection, landing: Landing) -> dict[str, int]:
    """Add the landed windows that raw does not list yet, and their pages; returns how many."""
    known = {row[0] for row in con.execute("SELECT window_id FROM raw.windows").fetchall()}
    windows = [window for window in landing.windows() if window.window_id not in known]
    pages = [(window.window_id, page) for window in windows for page in landing.pages(window)]
    append(
        con,
        "raw.windows",
        pl.DataFrame(
            [asdict(window) | {"pages": len(window.page_ids)} for window in windows],
            schema=frame_schema(TABLES["raw.windows"]),
        ),
    )
    append(
        con,
        "raw.pages",
        pl.DataFrame(
            [asdict(page) | {"window_id": window_id} for window_id, page in pages],
            schema=frame_schema(TABLES["raw.pages"]),
        ),
    )
    return {"windows_added": len(windows), "pages_added": len(pages)}


def read_pages(warehouse: Warehouse, landing: Landing, *, run_id: str, workers: int = 1) -> Iterator[Received]:
    """Read every registered page that staging has not read, a batch a transaction; yields each batch's counts.

    Args:
        warehouse: Where the rows go.
        landing: Where the pages are.
        run_id: Dagster's id of the run.
        workers: Processes that read pages, when there are enough to be worth starting them. The rows do not depend
            on it: pages are written in the order they are listed.
    """
    with warehouse.write() as con:
        sizes = unread(con)
    page_ids = list(sizes)
    with reader(landing, workers if sum(sizes.values()) > ALONE_BYTES else 1) as read:
        pages, done = read(page_ids), 0
        while batch := list(islice(pages, BATCH_PAGES)):
            with warehouse.write() as con:
                received = write_pages(con, batch, run_id=run_id)
            done += len(batch)
            tell("Reading pages into staging", done, len(page_ids))
            yield received


def unread(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The pages to read, oldest first, and their sizes in bytes."""
    return dict(
        con.execute(
            """
            SELECT page_id, any_value(size_bytes) FROM raw.pages
            WHERE page_id NOT IN (SELECT page_id FROM staging.page_loads)
            GROUP BY page_id ORDER BY min(fetched_at), page_id
            """
        ).fetchall()
    )


def read_page(landing: Landing, page_id: str) -> PageRows:
    """Parse one page and hold its rows to their contracts."""
    page = landing.page(page_id)
    told = READERS[Source(page.source)](landing.read(page), page)
    rejects = [
        {"record_id": r.record_id, "rule": r.rule, "detail": r.detail, "payload": r.payload[:MAX_PAYLOAD_CHARS]}
        for r in told.rejects
    ]
    parts = []
    for part in told.parts:
        kept, broken = held_to_contract(part)
        parts.append(replace(part, rows=newest(kept, part.table)))
        rejects += broken
    return PageRows(page, told.received, tuple(parts), told.gone or {}, rejects)


def write_pages(con: duckdb.DuckDBPyConnection, pages: Sequence[PageRows], *, run_id: str) -> Received:
    """Renew the records by those of pages in the order given, keep the rejects; pages read meanwhile are left out."""
    loaded = {row[0] for row in con.execute("SELECT page_id FROM staging.page_loads").fetchall()}
    pages = [one for one in pages if one.page.page_id not in loaded]
    for together in in_one_go([one.parts for one in pages]):
        merge(con, together.table, together.rows, newer=together.newer)
    for one in pages:
        for table, keys in one.gone.items():
            forget(con, table, keys, before=one.page.fetched_at)
    now = datetime.now(UTC)
    origins = [{"source": one.page.source, "page_id": one.page.page_id, "run_id": run_id} for one in pages]
    rejects = [
        reject | origin | {"rejected_at": now}
        for one, origin in zip(pages, origins, strict=True)
        for reject in one.rejects
    ]
    append(con, "staging.rejected", pl.DataFrame(rejects, schema=frame_schema(TABLES["staging.rejected"])))
    loads = [
        origin | {"received": one.received, "accepted": one.counts.accepted, "rejected": one.counts.rejected}
        for one, origin in zip(pages, origins, strict=True)
    ]
    append(con, "staging.page_loads", pl.DataFrame(loads, schema=frame_schema(TABLES["staging.page_loads"])))
    return sum((one.counts for one in pages), Received())


def forget(con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str], *, before: datetime) -> None:
    """Drop the records with these keys, but for what was fetched after it was known that they are gone."""
    (key,) = TABLES[table].primary_key()
    con.execute(
        f"DELETE FROM {table} WHERE {key} IN (SELECT unnest($keys)) AND fetched_at <= $before",
        {"keys": list(keys), "before": before},
    )


def in_one_go(pages: Sequence[Sequence[Frames]]) -> Iterator[Frames]:
    """The frames of pages, one a table where no two pages have a key in common, else page by page as they came."""
    tables: dict[str, list[Frames]] = {}
    for part in chain.from_iterable(pages):
        tables.setdefault(part.table, []).append(part)
    for table, parts in tables.items():
        rows = pl.concat([part.rows for part in parts])
        if rows.select(TABLES[table].primary_key()).is_unique().all() and len({part.newer for part in parts}) == 1:
            yield replace(parts[0], rows=rows)
        else:
            yield from parts


def held_to_contract(part: Frames) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Rows that keep the table's contract, and the others as rejects with the first rule they broke.

    Keys may repeat here: which of two accounts of one record stays is decided later, and is no broken rule.
    """
    contract = TABLES[part.table]
    key = contract.primary_key()
    spread = part.rows.with_row_index("row")
    kept, failure = contract.filter(newest(spread, part.table).drop("row"), cast=True)
    if not failure.counts():
        return part.rows, []
    broken = failure.details().with_columns(
        pl.concat_str([pl.col(c).cast(pl.String) for c in key], separator=" ").alias("_id")
    )
    rules = list(failure.counts())
    rejects = [
        {
            "record_id": row["_id"],
            "rule": next(rule for rule in rules if row.get(rule) == "invalid"),
            "detail": f"The row breaks the contract of {part.table}.",
            "payload": str({column: row[column] for column in part.rows.columns})[:MAX_PAYLOAD_CHARS],
        }
        for row in broken.iter_rows(named=True)
    ]
    return part.rows.join(kept.select(key), on=key, how="semi", maintain_order="left"), rejects


def newest(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """The last row of each key: within a page, later wins where the sources give no better order."""
    key = TABLES[table].primary_key()
    order = [
        column
        for column in ("version", "last_updated_at", "updated_at")
        if column in rows.columns and column not in key
    ]
    ranked = rows.with_row_index("_place").sort(*key, *order, "_place", nulls_last=False)
    return ranked.unique(key, keep="last", maintain_order=True).drop("_place")


class Told(NamedTuple):
    """A page's records as rows, not yet held to the contracts, or the keys of records that are gone, by table."""

    parts: Sequence[Frames]
    rejects: list[Reject]
    received: int
    gone: Mapping[str, list[str]] | None = None


def snapshot_papers(body: bytes, page: LandedPage) -> Told:
    """The rows of a slice of arXiv's snapshot."""
    lines = read_snapshot_lines(body)
    received = lines.papers.told.height + len(lines.rejects)
    return Told(paper_frames(lines.papers, page), lines.rejects, received)


def arxiv_papers(body: bytes, page: LandedPage) -> Told:
    """The rows of an answer of arXiv."""
    parsed = parse_page(page.source, body)
    return Told(paper_frames(papers_of(parsed.records), page), parsed.rejects, parsed.received)


def paper_frames(papers: Papers, page: LandedPage) -> Sequence[Frames]:
    """The rows of a page's papers."""
    rows = paper_rows(papers.told, source=page.source, page_id=page.page_id, fetched_at=page.fetched_at)
    return (
        Frames("staging.arxiv_records", rows, NEWER_ARXIV),
        Frames("staging.arxiv_versions", version_rows(papers.versions), FULLER_VERSION),
    )


def openalex_works(body: bytes, page: LandedPage) -> Told:
    """The rows of a page of OpenAlex works, with the institutions their authorships name."""
    origin: dict[str, Any] = {"page_id": page.page_id, "fetched_at": page.fetched_at}
    parsed = parse_page(page.source, body)
    parts = (
        Frames("staging.openalex_works", frames.openalex_works(parsed.records, **origin), NEWER_WORK),
        Frames("staging.openalex_institutions", frames.named_institutions(parsed.records, **origin), SAME_PAGE),
    )
    return Told(parts, parsed.rejects, parsed.received)


def openalex_authors(body: bytes, page: LandedPage) -> Told:
    """The rows of a page of OpenAlex author profiles."""
    parsed = parse_page(page.source, body)
    rows = frames.openalex_authors(parsed.records, page_id=page.page_id, fetched_at=page.fetched_at)
    return Told((Frames("staging.openalex_authors", rows, NEWER_THING),), parsed.rejects, parsed.received)


def openalex_institutions(body: bytes, page: LandedPage) -> Told:
    """The rows of a page of OpenAlex institutions."""
    parsed = parse_page(page.source, body)
    rows = frames.openalex_institutions(parsed.records, page_id=page.page_id, fetched_at=page.fetched_at)
    return Told((Frames("staging.openalex_institutions", rows, NEWER_THING),), parsed.rejects, parsed.received)


def openalex_gone(body: bytes, _page: LandedPage) -> Told:
    """The ids of OpenAlex records that were deleted, or merged into others, one a line."""
    gone: dict[str, list[str]] = {}
    rejects = []
    lines = [line for line in body.decode("utf-8", errors="replace").split("\n") if line]
    for line in lines:
        identifier = normalise_openalex_id(line)
        if identifier and identifier[0] in GONE_TABLES:
            gone.setdefault(GONE_TABLES[identifier[0]], []).append(identifier)
        else:
            rejects.append(Reject(line[:200], "bad_openalex_id", "The line is no id of a work, author or place.", line))
    return Told((), rejects, len(lines), gone)


GONE_TABLES = {
    "W": "staging.openalex_works",
    "A": "staging.openalex_authors",
    "I": "staging.openalex_institutions",
}
"""Letter of an OpenAlex id -> the table of its kind."""

READERS: dict[Source, Callable[[bytes, LandedPage], Told]] = {
    Source.ARXIV_ATOM: arxiv_papers,
    Source.ARXIV_OAI: arxiv_papers,
    Source.ARXIV_SNAPSHOT: snapshot_papers,
    Source.OPENALEX_WORKS: openalex_works,
    Source.OPENALEX_AUTHORS: openalex_authors,
    Source.OPENALEX_INSTITUTIONS: openalex_institutions,
    Source.OPENALEX_GONE: openalex_gone,
}
"""What each door's pages become."""


@contextmanager
def reader(landing: Landing, workers: int) -> Iterator[Callable[[Sequence[str]], Iterator[PageRows]]]:
    """Something that reads pages in their order: alone, or with processes that read ahead of what is asked for."""
    read = partial(read_page, landing)
    if workers == 1:
        yield partial(map, read)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=follow_parent) as pool:
        try:
            yield lambda page_ids: ahead(pool, read, page_ids, workers + BATCH_PAGES)
        finally:
            pool.shutdown(cancel_futures=True)


def follow_parent() -> None:
    """End this process when the one that started it is gone, killed for one; leave interrupts to that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The thread below is still waiting when this process ends: DuckDB's bindings would complain of that at length.
    atexit.register(os._exit, 0)
    parent = parent_process()

    def wait() -> None:
        if parent:
            parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def ahead(
    pool: ProcessPoolExecutor, read: Callable[[str], PageRows], page_ids: Iterable[str], most: int
) -> Iterator[PageRows]:
    """Results in the order of the pages, at most so many of them begun and not yet taken."""
    begun: deque[Future[PageRows]] = deque()
    for page_id in page_ids:
        begun.append(pool.submit(read, page_id))
        if len(begun) > most:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()
