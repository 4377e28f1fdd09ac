"""Landed pages into staging: registered in raw, then read once each, newest record wins."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import polars as pl

from pipeline.normalise import records as frames
from pipeline.schemas import TABLES
from pipeline.sources.landing import LandedPage, Landing
from pipeline.sources.pages import MAX_PAYLOAD_CHARS, ParsedPage, Source
from pipeline.sources.parsing import parse_page
from warehouse import Warehouse, append, merge

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

BATCH_PAGES = 50
"""Pages read in one transaction: what a kill costs at most."""

UNVERSIONED_UPDATE = "coalesce(CASE WHEN {0}.version IS NULL THEN {0}.last_updated_at END, TIMESTAMPTZ 'epoch')"
"""When a record of unknown version was last updated. A version's own date decides nothing: what was fetched later
knows it better."""

NEWER_ARXIV = " > ".join(
    f"(coalesce({side}.version, 0), {UNVERSIONED_UPDATE.format(side)}, {side}.fetched_at, {side}.page_id)"
    for side in ("new", "old")
)
NEWER_WORK = (
    "(coalesce(new.updated_at, TIMESTAMPTZ 'epoch'), NOT new.is_byline_truncated, new.fetched_at, new.page_id)"
    " > (coalesce(old.updated_at, TIMESTAMPTZ 'epoch'), NOT old.is_byline_truncated, old.fetched_at, old.page_id)"
)
NEWER_PAGE = "(new.fetched_at, new.page_id) > (old.fetched_at, old.page_id)"
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
            schema=frames.frame_schema(TABLES["raw.windows"]),
        ),
    )
    append(
        con,
        "raw.pages",
        pl.DataFrame(
            [asdict(page) | {"window_id": window_id} for window_id, page in pages],
            schema=frames.frame_schema(TABLES["raw.pages"]),
        ),
    )
    return {"windows_added": len(windows), "pages_added": len(pages)}


def read_pages(warehouse: Warehouse, landing: Landing, *, run_id: str) -> Iterator[Received]:
    """Read every registered page that staging has not read, a batch a transaction; yields each batch's counts."""
    while True:
        with warehouse.write() as con:
            page_ids = unread(con)
            if not page_ids:
                return
            received = Received()
            for page_id in page_ids:
                received += read_page(con, landing, landing.page(page_id), run_id=run_id)
        yield received


def unread(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The next pages to read, oldest first."""
    rows = con.execute(
        """
        SELECT page_id FROM raw.pages
        WHERE page_id NOT IN (SELECT page_id FROM staging.page_loads)
        GROUP BY page_id ORDER BY min(fetched_at), page_id LIMIT $pages
        """,
        {"pages": BATCH_PAGES},
    ).fetchall()
    return [row[0] for row in rows]


def read_page(con: duckdb.DuckDBPyConnection, landing: Landing, page: LandedPage, *, run_id: str) -> Received:
    """Parse one page, hold its rows to their contracts, renew the records and keep the rejects."""
    parsed = parse_page(page.source, landing.read(page))
    rejects = [
        {
            "record_id": r.record_id,
            "rule": r.rule,
            "detail": r.detail,
            "payload": r.payload[:MAX_PAYLOAD_CHARS],
        }
        for r in parsed.rejects
    ]
    for part in FRAMES[Source(page.source)](parsed, page):
        kept, broken = held_to_contract(part)
        merge(con, part.table, newest(kept, part.table), newer=part.newer)
        rejects += broken
    received = Received(1, parsed.received - len(rejects), len(rejects))
    now = datetime.now(UTC)
    origin = {"source": page.source, "page_id": page.page_id, "run_id": run_id}
    append(
        con,
        "staging.rejected",
        pl.DataFrame(
            [reject | origin | {"rejected_at": now} for reject in rejects],
            schema=frames.frame_schema(TABLES["staging.rejected"]),
        ),
    )
    counts = {"received": parsed.received, "accepted": received.accepted, "rejected": received.rejected}
    append(con, "staging.page_loads", pl.DataFrame([origin | counts]))
    return received


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


def arxiv_frames(parsed: ParsedPage[Any], page: LandedPage) -> Sequence[Frames]:
    """The rows of a page of arXiv papers."""
    papers = frames.arxiv_records(parsed.records, source=page.source, page_id=page.page_id, fetched_at=page.fetched_at)
    return (
        Frames("staging.arxiv_records", papers, NEWER_ARXIV),
        Frames("staging.arxiv_versions", frames.arxiv_versions(parsed.records), FULLER_VERSION),
    )


def work_frames(parsed: ParsedPage[Any], page: LandedPage) -> Sequence[Frames]:
    """The rows of a page of OpenAlex works, with the institutions their authorships name."""
    origin: dict[str, Any] = {"page_id": page.page_id, "fetched_at": page.fetched_at}
    return (
        Frames("staging.openalex_works", frames.openalex_works(parsed.records, **origin), NEWER_WORK),
        # A bare mention of an institution never replaces the institution's own record.
        Frames("staging.openalex_institutions", frames.named_institutions(parsed.records, **origin), "false"),
    )


def author_frames(parsed: ParsedPage[Any], page: LandedPage) -> Sequence[Frames]:
    """The rows of a page of OpenAlex author profiles."""
    rows = frames.openalex_authors(parsed.records, page_id=page.page_id, fetched_at=page.fetched_at)
    return (Frames("staging.openalex_authors", rows, NEWER_PAGE),)


def institution_frames(parsed: ParsedPage[Any], page: LandedPage) -> Sequence[Frames]:
    """The rows of a page of OpenAlex institutions."""
    rows = frames.openalex_institutions(parsed.records, page_id=page.page_id, fetched_at=page.fetched_at)
    return (Frames("staging.openalex_institutions", rows, NEWER_PAGE),)


FRAMES: dict[Source, Callable[[ParsedPage[Any], LandedPage], Sequence[Frames]]] = {
    Source.ARXIV_ATOM: arxiv_frames,
    Source.ARXIV_OAI: arxiv_frames,
    Source.ARXIV_SNAPSHOT: arxiv_frames,
    Source.OPENALEX_WORKS: work_frames,
    Source.OPENALEX_AUTHORS: author_frames,
    Source.OPENALEX_INSTITUTIONS: institution_frames,
}
"""What each door's records become."""
