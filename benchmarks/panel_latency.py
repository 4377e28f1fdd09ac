"""How long each panel of a page takes to read from a published warehouse: median and 99th percentile.

    python benchmarks/panel_latency.py WAREHOUSE.duckdb [--ids 300] [--threads 2]

What belongs here: timing the reads that `pipeline page` makes, on one open connection, as an app holds one. What does
not: what the panels are (`pipeline.steps.panels`). Each panel is read for ids drawn by digest, the same on every run,
and for the largest: authors of most works, papers of most names. A read counts from the call to the
rows in Python; `cpu_ms` is what all its threads worked, which other work on the machine lengthens less.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from pipeline.steps.panels import ends, read_graph, read_listed, read_panel

TARGET_MS = 20.0

SHOWN = 20
"""Related papers of one page."""

Read = Callable[[duckdb.DuckDBPyConnection, str], int]
"""Reads one panel of one id and says how many rows it had."""


def panel(name: str, con: duckdb.DuckDBPyConnection, entity_id: str) -> int:
    return len(read_panel(con, name, entity_id))


def related_page(con: duckdb.DuckDBPyConnection, work_id: str) -> int:
    related = read_panel(con, "related_papers", work_id)[:SHOWN]
    return len(read_listed(con, "listed_papers", (row["related_work_id"] for row in related)))


def named_edges(edges_of: str, con: duckdb.DuckDBPyConnection, centre_id: str) -> int:
    edges = read_panel(con, edges_of, centre_id)
    return len(edges) + len(read_listed(con, "graph_nodes", ends(edges, centre_id)))


def graph(edges_of: str, con: duckdb.DuckDBPyConnection, centre_id: str) -> int:
    found = read_graph(con, edges_of, centre_id)
    return len(found.edges) + len(found.nodes) + len(found.ties)


def slices(edges_of: str) -> dict[str, Read]:
    """The graph around an author or a paper, and what it takes to draw it."""
    return {
        edges_of: partial(panel, edges_of),
        "edges with names": partial(named_edges, edges_of),
        "... and drawn ties": partial(graph, edges_of),
    }


AUTHOR: dict[str, Read] = {
    name: partial(panel, name) for name in ("author", "trust_reasons", "author_topics", "author_works", "collaborators")
} | slices("author_edges")
PAPER: dict[str, Read] = {
    **{name: partial(panel, name) for name in ("paper", "paper_texts", "related_papers")},
    "related, 20 with titles": related_page,
} | slices("paper_edges")

IDS = {
    "any author": "SELECT author_id FROM marts.authors ORDER BY md5(author_id) LIMIT $n",
    "largest authors": "SELECT author_id FROM marts.authors ORDER BY works_count DESC, author_id LIMIT $n",
    "any paper": "SELECT work_id FROM marts.papers ORDER BY md5(work_id) LIMIT $n",
    "longest papers": "SELECT work_id FROM marts.papers ORDER BY byline_size DESC, work_id LIMIT $n",
}


def main() -> None:
    options = arguments()
    with duckdb.connect(str(options.warehouse), read_only=True, config={"threads": options.threads}) as con:
        counts = con.execute(
            "SELECT table_name, estimated_size FROM duckdb_tables() WHERE schema_name = 'marts' ORDER BY ALL"
        ).fetchall()
        print(", ".join(f"{name} {rows:,}" for name, rows in counts))
        size = options.warehouse.stat().st_size / 2**30
        print(f"duckdb {duckdb.__version__}, {options.threads} threads, {size:.2f} GiB")
        frames = [
            timed(con, name, read, ids, sample)
            for sample, sql in IDS.items()
            for ids in [[row[0] for row in con.execute(sql, {"n": options.ids}).fetchall()]]
            for name, read in (AUTHOR if "author" in sample else PAPER).items()
        ]
    table = pl.concat(frames).group_by("panel", "sample", maintain_order=True).agg(
        reads=pl.len(),
        median_rows=pl.col("rows").median(),
        most_rows=pl.col("rows").max(),
        median_ms=pl.col("ms").median().round(2),
        p99_ms=pl.col("ms").quantile(0.99).round(2),
        median_cpu_ms=pl.col("cpu_ms").median().round(2),
    )  # fmt: skip
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, tbl_width_chars=120):
        print(table)
    slow = table.filter(pl.col("median_ms") >= TARGET_MS)
    print(f"{table.height - slow.height} of {table.height} medians are under {TARGET_MS:g} ms.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("warehouse", type=Path, help="The published warehouse.duckdb.")
    parser.add_argument("--ids", type=int, default=300, help="Authors and papers of each sample.")
    parser.add_argument("--threads", type=int, default=2, help="Threads of DuckDB.")
    return parser.parse_args()


def timed(con: duckdb.DuckDBPyConnection, name: str, read: Read, ids: Sequence[str], sample: str) -> pl.DataFrame:
    """One row a read, with its milliseconds and rows; one read before them opens the table."""
    read(con, ids[0])
    reads = []
    for one in ids:
        begun, worked = time.perf_counter(), time.process_time()
        rows = read(con, one)
        reads.append((name, sample, rows, (time.perf_counter() - begun) * 1e3, (time.process_time() - worked) * 1e3))
    return pl.DataFrame(reads, schema=["panel", "sample", "rows", "ms", "cpu_ms"], orient="row")


if __name__ == "__main__":
    main()
