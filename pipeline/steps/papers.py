"""The mart about papers."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context

import duckdb
import polars as pl
import pyarrow as pa

from pipeline.metrics import bibtex_entries
from pipeline.steps import builds, count, frame_as, query_as
from warehouse import query
from warehouse.tables import renew

TABLES = ("marts.papers",)
"""The tables this step fills."""

PROGRAM = (
    "pipeline/steps/papers.py",
    "pipeline/metrics/bibtex.py",
    "pipeline/names/folding.py",
    "warehouse/sql/marts/*.sql",
)
"""What decides which rows there are; a change of it makes all of them again."""

BATCH_WORKS = 50_000
"""Works whose entries are written at once; more than one batch is worth processes of their own."""

BATCH_PAGES = 250_000
"""Works whose pages are made at once: lists that are being made cannot be spilled to disk."""


def build_papers(con: duckdb.DuckDBPyConnection, *, run_id: str, workers: int = 1) -> dict[str, int]:
    """Bring the paper pages to works and people; returns counts of what a page can show.

    Pages are made again of works that changed since the last run, in themselves or in who wrote them, and of those with
    a name that a decision hides or hid.

    Args:
        con: A writer's connection.
        run_id: The Dagster run.
        workers: Processes that write BibTeX entries, where there are many.
    """
    build = builds.begin(con, "papers", builds.program_of(*PROGRAM), after="profiles")
    with ExitStack() as tables:
        tables.enter_context(frame_as(con, "this_build", pl.DataFrame({"last": [build.last]})))
        touched = "SELECT work_id FROM staging.works" if build.whole else query("marts/touched_papers")
        tables.enter_context(query_as(con, "touched", touched))
        con.execute("CREATE OR REPLACE TEMPORARY TABLE entries (work_id VARCHAR, bibtex VARCHAR)")
        write_entries(con, workers)
        bring_pages(con, whole=build.whole)
        renewed = count(con, "SELECT count(*) FROM entries")
        con.execute("DROP TABLE temp.entries")
    builds.finish(con, build, run_id=run_id, renewed=renewed)
    return {
        "papers_with_code": count(con, "SELECT count(*) FROM marts.papers WHERE has_code"),
        "papers_with_data": count(con, "SELECT count(*) FROM marts.papers WHERE has_dataset"),
        "papers_in_both_sources": count(con, "SELECT count(*) FROM marts.papers WHERE len(sources) = 2"),
        "pages_made_again": renewed,
    }


def bring_pages(con: duckdb.DuckDBPyConnection, *, whole: bool) -> None:
    """Put the pages of the works in `touched` in the place of those there; SQL must see `entries`."""
    touched = con.sql("SELECT work_id FROM touched ORDER BY work_id").pl()["work_id"]
    if not whole:
        with frame_as(con, "paged", touched.to_frame()):
            renew(con, "marts.papers", query("marts/papers"), "work_id IN (SELECT work_id FROM touched)")
        return
    con.execute("TRUNCATE marts.papers")
    for paged in slices(touched, BATCH_PAGES):
        with frame_as(con, "paged", paged.to_frame()):
            con.execute(f"INSERT INTO marts.papers BY NAME {query('marts/papers')} ORDER BY work_id")


def write_entries(con: duckdb.DuckDBPyConnection, workers: int) -> None:
    """Write the BibTeX entries of the works in `touched` to `entries`, a batch of works at a time."""
    spans = work_batches(con)
    if 1 in {workers, len(spans)} or not spans:
        for batch in spans:
            keep(con, entries_of(*works_and_names(con, *batch)))
        return
    # A fork of a process that runs DuckDB and polars may hang.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        pending: deque[Future[pa.Table]] = deque()
        for batch in spans:
            pending.append(pool.submit(entries_of, *works_and_names(con, *batch)))
            if len(pending) > workers:
                keep(con, pending.popleft().result())
        for entries in pending:
            keep(con, entries.result())


def work_batches(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """First and last work of each batch, in the order of their ids."""
    ids = con.sql("SELECT work_id FROM touched ORDER BY work_id").pl()["work_id"]
    return [(batch[0], batch[-1]) for batch in slices(ids, BATCH_WORKS)]


def slices(ids: pl.Series, size: int) -> Iterator[pl.Series]:
    """Runs of a series, none of them empty."""
    for start in range(0, len(ids), size):
        yield ids.slice(start, size)


def works_and_names(con: duckdb.DuckDBPyConnection, first: str, last: str) -> tuple[pa.Table, pa.Table]:
    """What entries are written from, of the works from first to last."""
    span = {"first": first, "last": last}
    works, names = (con.sql(query(f"marts/bibtex_{what}"), params=span).to_arrow_table() for what in ("works", "names"))
    return works, names


def entries_of(works: pa.Table, names: pa.Table) -> pa.Table:
    """The entries of some works; Arrow tables, which processes hand to each other."""
    return bibtex_entries(pl.DataFrame(works), pl.DataFrame(names)).to_arrow()


def keep(con: duckdb.DuckDBPyConnection, entries: pa.Table) -> None:
    """Add entries to those that are written."""
    con.register("written", entries)
    con.execute("INSERT INTO entries FROM written")
    con.unregister("written")
