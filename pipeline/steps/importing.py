"""Bulk files into the landing: what is wanted of them, how far it is, what came."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import duckdb

from pipeline.schemas import TABLES
from pipeline.snapshots import land_snapshot, openalex, wanted
from pipeline.snapshots.openalex import Wanted
from pipeline.sources.landing import Landing
from pipeline.sources.pages import Source
from pipeline.steps.watching import tell
from warehouse import Warehouse, query

KEPT_IN: Final = {
    "works": "staging.openalex_works",
    "authors": "staging.openalex_authors",
    "institutions": "staging.openalex_institutions",
}
"""Folder of a snapshot -> the table of its records."""

IDS_AT_ONCE: Final = 100_000
"""Ids of records that are in memory while a list of what is gone is compared with them."""


class Imported(NamedTuple):
    """What landing a bulk file gave.

    Attributes:
        pages: Pages it is landed on.
        received: Records on them.
        new_pages: Those of the pages that were not there before.
    """

    pages: int
    received: int
    new_pages: int


def land_file(path: Path, landing: Landing, source: Source) -> Imported:
    """Land a file of JSON lines, as far as it is not landed yet.

    Raises:
        ImportFileError: It cannot be read to its end; what has landed stays.
    """
    began, size = datetime.now(UTC), path.stat().st_size if path.is_file() else 0
    pages = received = new = 0
    for page, position in land_snapshot(path, landing, source):
        pages, received, new = pages + 1, received + page.received, new + (page.fetched_at >= began)
        tell(f"Landing {path.name}", position, size)
    return Imported(pages, received, new)


class ImportedParts(NamedTuple):
    """What landing parts of an OpenAlex snapshot gave.

    Attributes:
        parts: Parts looked at.
        parts_skipped: Those of them that had landed before, with the same things wanted of them.
        seen: Records read in the others.
        pages: Pages landed.
        received: Records on them.
        gone: Records here that the snapshot says are deleted or merged away.
    """

    parts: int
    parts_skipped: int
    seen: int
    pages: int
    received: int
    gone: int


def land_parts(
    path: Path, warehouse: Warehouse, landing: Landing, *, kinds: tuple[str, ...], everything: bool
) -> ImportedParts:
    """Land what is wanted of an OpenAlex snapshot, part by part, as far as it is not landed yet.

    Args:
        path: The snapshot's folder, or one file of works.
        warehouse: Tells which works, authors and institutions are wanted.
        landing: Where the pages go.
        kinds: Folders of the snapshot to read.
        everything: Land every record.

    Raises:
        ImportFileError: The snapshot is not whole; what has landed stays.
    """
    sources = {openalex.SOURCES[kind] for kind in kinds}
    parts = [part for part in openalex.snapshot_parts(path) if part.source in sources]
    gone = {kind: openalex.gone(path, kind) for kind in kinds}
    with warehouse.write() as con:
        choice = {kind: wanted.EVERYTHING if everything else wanted_of(con, kind) for kind in kinds}
        forgotten = [id_ for kind, listed in gone.items() for id_ in listed.among(known_ids(con, kind))]
    choices = {openalex.SOURCES[kind]: (choice[kind], gone[kind]) for kind in kinds}
    known = {window.span for source in sources for window in landing.windows(source)}
    new = [part for part in parts if openalex.span(part, choices[part.source][0]) not in known]
    total, done = sum(part.size for part in new), 0
    pages = received = seen = 0
    for part in new:
        for landed in openalex.land_part(part, landing, *choices[part.source]):
            pages, seen = pages + len(landed.pages), seen + landed.seen
            received += sum(page.received for page in landed.pages)
            tell(f"Landing {part.name}", done + landed.position, total)
        done += part.size
    openalex.land_gone(path, landing, sorted({*forgotten, *(row for listed in gone.values() for row in listed.unread)}))
    return ImportedParts(len(parts), len(parts) - len(new), seen, pages, received, len(forgotten))


def wanted_of(con: duckdb.DuckDBPyConnection, kind: str) -> Wanted:
    """What is wanted of a kind of thing: works of the arXiv papers here, and whom the OpenAlex works here name."""
    if kind == "works":
        arxiv_ids = ids(con, "SELECT DISTINCT arxiv_id FROM staging.arxiv_records")
        return wanted.works_of(arxiv_ids, ids(con, "SELECT DISTINCT doi FROM staging.arxiv_records"))
    return wanted.things(ids(con, query(f"staging/named_{kind}")))


def known_ids(con: duckdb.DuckDBPyConnection, kind: str) -> Iterator[str]:
    """The ids of the OpenAlex records of a kind that are here."""
    table = KEPT_IN[kind]
    (key,) = TABLES[table].primary_key()
    with closing(con.cursor()) as rows:
        rows.execute(f"SELECT {key} FROM {table}")
        while batch := rows.fetchmany(IDS_AT_ONCE):
            yield from (id_ for (id_,) in batch)


def ids(con: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """The values of a query's one column, but for null."""
    return {value for (value,) in con.execute(sql).fetchall() if value is not None}
