"""Identity: which mentions are one person, carried over from run to run."""

import hashlib
from datetime import UTC, datetime

import duckdb
import polars as pl
import pyarrow as pa

from pipeline.resolve import carry_ids, resolve
from pipeline.steps import count
from warehouse import append, query, replace

TABLES = (
    "resolved.author_mentions",
    "resolved.links",
    "resolved.author_history",
    "resolved.author_redirects",
    "resolved.quality",
)
"""The tables this step fills."""


def resolve_people(con: duckdb.DuckDBPyConnection, *, run_id: str, threads: int) -> dict[str, int]:
    """Resolve every mention and give the people the ids they had before; returns counts of what moved."""
    now = datetime.now(UTC)
    resolution = resolve(
        con.sql(query("resolved/mentions")).to_arrow_table(),
        con.sql(query("resolved/works")).to_arrow_table(),
        corrections=decisions(con),
        threads=threads,
    )
    identity = carry_ids(
        resolution.clusters,
        con.sql("SELECT mention_id, author_id, probability FROM resolved.author_mentions").to_arrow_table(),
        con.sql("SELECT old_author_id, author_id FROM resolved.author_redirects").to_arrow_table(),
        run_id=run_id,
        at=now,
    )
    history = with_event_ids(pl.DataFrame(identity.history))
    replace(con, "resolved.author_mentions", pl.DataFrame(identity.author_mentions))
    replace(con, "resolved.links", pl.DataFrame(resolution.links))
    replace(con, "resolved.author_redirects", pl.DataFrame(identity.redirects))
    append(con, "resolved.author_history", history)
    counts = cluster_counts(con) | {"unmet_corrections": resolution.unmet_corrections.num_rows}
    events = {f"{event}_authors": n for event, n in history.group_by("event").len().sort("event").iter_rows()}
    append(con, "resolved.quality", self_description(counts | events, run_id))
    return counts | events


def decisions(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The approved decisions about two mentions."""
    return con.sql(
        """
        SELECT kind, mention_id_l, mention_id_r, correction_id
        FROM resolved.corrections
        WHERE kind IN ('same', 'different') AND status = 'approved'
            AND mention_id_l IS NOT NULL AND mention_id_r IS NOT NULL
        ORDER BY correction_id
        """
    ).to_arrow_table()


def with_event_ids(history: pl.DataFrame) -> pl.DataFrame:
    """Name each event by what it says and its run."""
    content = history.select(
        pl.concat_str(
            [pl.col(c).fill_null("") for c in ("run_id", "event", "author_id", "other_author_id", "mention_id")],
            separator="\n",
        )
    ).to_series()
    names = [hashlib.sha256(text.encode()).hexdigest()[:20] for text in content]
    return history.with_columns(event_id=pl.Series(names, dtype=pl.String))


def cluster_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many authors there are, and how large the largest is."""
    return {
        "mentions": count(con, "SELECT count(*) FROM resolved.author_mentions"),
        "authors": count(con, "SELECT count(DISTINCT author_id) FROM resolved.author_mentions"),
        "largest_author": count(
            con, "SELECT max(n) FROM (SELECT count(*) AS n FROM resolved.author_mentions GROUP BY author_id)"
        ),
    }


def self_description(counts: dict[str, int], run_id: str) -> pl.DataFrame:
    """Counts of a run as quality rows without gold."""
    return pl.DataFrame(
        [
            {"run_id": run_id, "gold_set": "self", "slice": "all", "metric": metric, "value": float(value)}
            for metric, value in sorted(counts.items())
        ]
    )
