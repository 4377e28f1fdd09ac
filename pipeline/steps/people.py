"""Identity: which mentions are one person, carried over from run to run."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from pipeline import schemas
from pipeline.resolve import Resolution, carry_ids, resolve_placed, shipped_model, unmet_corrections
from pipeline.resolve.identity import Identity
from pipeline.steps import changes, corrections, count, frame_as, temporary_table
from pipeline.steps.changes import Change
from warehouse import query
from warehouse.tables import append, renew, replace

TABLES = (
    "resolved.author_mentions",
    "resolved.links",
    "resolved.authors",
    "resolved.author_history",
    "resolved.author_redirects",
    "resolved.mention_places",
    "resolved.resolutions",
    *corrections.TABLES,
)
"""The tables this step fills."""

UNDECIDING: Final = frozenset({"block.py", "evaluation.py", "explanation.py", "fit.py", "hidden.py", "labelled.py"})
"""Files beside the resolver's that change no decision."""

AFFECTED: Final = "mention_id IN (SELECT mention_id FROM affected_mentions)"
AFFECTED_LINKS: Final = "mention_id_l IN (SELECT mention_id FROM affected_mentions)"
AFFECTED_REDIRECTS: Final = "author_id IN (SELECT author_id FROM previous_people)"
RENEWED_AUTHORS: Final = "author_id IN (SELECT author_id FROM renewed_authors)"
"""Rows that a part of the people replaces. A link's two mentions are in one island."""


def resolve_people(con: duckdb.DuckDBPyConnection, *, run_id: str, threads: int) -> dict[str, int]:
    """Resolve what changes since the last run can reach, and give the people the ids they had before.

    Everything is resolved in the first run, by a new model or method, and when much has changed; the people are the
    same either way.

    Returns:
        Counts of people, of what was resolved and of what moved.
    """
    now, model = datetime.now(UTC), shipped_model()
    program = (model.version, method())
    number, last_program = last_resolution(con)
    told = corrections.decisions(con)
    with (
        frame_as(con, "decisions", pl.DataFrame(told)),
        temporary_table(con, "fingerprints", "resolved/fingerprints"),
        changes.affected_mentions(con, model, everything=last_program != program, threads=threads) as change,
    ):
        resolution, places = resolve_placed(
            *changes.resolver_input(con, change),
            corrections=told,
            model=model,
            threads=threads,
            large_blocks=change.large_blocks,
        )
        blocks = pl.DataFrame(places).filter(pl.col("block") != "")["block"].n_unique()
        write_places(con, pl.DataFrame(places), change)
        del places  # millions of rows that nothing below reads
        identity = identities(con, resolution, run_id=run_id, at=now)
        write(con, resolution, identity, change)
        unmet = unmet_corrections(told, con.sql(query("resolved/decided_mentions")).to_arrow_table()["mention_id"])
    if last_program is None:
        mode = "first"
    elif last_program != program:
        mode = "refit"
    else:
        mode = "full" if change.large_blocks is None else "incremental"
    record = {
        "number": number + 1,
        "run_id": run_id,
        "at": now,
        "mode": mode,
        "model_version": program[0],
        "method": program[1],
        "changed_mentions": change.changed_mentions,
        "resolved_mentions": resolution.clusters.num_rows,
        "blocks": blocks,
    }
    append(con, "resolved.resolutions", pl.DataFrame([record]))
    history = with_event_ids(pl.DataFrame(identity.history))
    append(con, "resolved.author_history", history)
    counts = cluster_counts(con) | corrections.replay(con, unmet)
    resolved = {key: record[key] for key in ("changed_mentions", "resolved_mentions", "blocks")}
    events = {f"{event}_authors": n for event, n in history.group_by("event").len().sort("event").iter_rows()}
    return counts | resolved | {f"{mode}_run": 1} | events


@cache
def method() -> str:
    """Digest of the program that decides: its files, and the versions of the libraries whose results it takes."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted([*root.glob("resolve/*.*"), *root.glob("names/*.*"), root / "text.py"]):
        if path.name not in UNDECIDING:
            digest.update(path.name.encode() + path.read_bytes())
    digest.update(" ".join(version(name) for name in ("anyascii", "numpy", "polars", "rapidfuzz", "scipy")).encode())
    return digest.hexdigest()[:12]


def last_resolution(con: duckdb.DuckDBPyConnection) -> tuple[int, tuple[str, str] | None]:
    """Number of the last run, and the model and method it went by; 0 and None before the first."""
    number, *program = con.execute(
        "SELECT max(number), arg_max(model_version, number), arg_max(method, number) FROM resolved.resolutions"
    ).fetchall()[0]
    return (number, (program[0], program[1])) if number else (0, None)


def identities(con: duckdb.DuckDBPyConnection, resolution: Resolution, *, run_id: str, at: datetime) -> Identity:
    """Give the people that were resolved the ids they had before; SQL must see `affected_mentions`."""
    previous = con.sql(
        f"SELECT mention_id, author_id, probability FROM resolved.author_mentions WHERE {AFFECTED}"
    ).to_arrow_table()
    with frame_as(con, "previous_people", pl.DataFrame(previous)):
        redirects = con.sql(
            f"SELECT old_author_id, author_id FROM resolved.author_redirects WHERE {AFFECTED_REDIRECTS}"
        ).to_arrow_table()
    return carry_ids(
        resolution.clusters,
        previous,
        redirects,
        run_id=run_id,
        at=at,
        minted=con.sql(query("resolved/minted_ids")).to_arrow_table(),
        first_seen=con.sql(query("resolved/first_seen")).to_arrow_table(),
    )


def write_places(con: duckdb.DuckDBPyConnection, places: pl.DataFrame, change: Change) -> None:
    """Keep where mentions stand for the next run; SQL must see `affected_mentions` and `fingerprints`."""
    with frame_as(con, "places", places):
        rows = con.sql("SELECT * FROM places INNER JOIN fingerprints USING (mention_id)").pl()
    write_part(con, "resolved.mention_places", rows, change, AFFECTED)


def write(con: duckdb.DuckDBPyConnection, resolution: Resolution, identity: Identity, change: Change) -> None:
    """Put what was resolved in the place of what stood there; SQL must see `affected_mentions`."""
    previous = con.sql(f"SELECT author_id FROM resolved.author_mentions WHERE {AFFECTED}").pl()
    with frame_as(con, "previous_people", previous):
        write_part(con, "resolved.author_redirects", pl.DataFrame(identity.redirects), change, AFFECTED_REDIRECTS)
        write_part(con, "resolved.author_mentions", pl.DataFrame(identity.author_mentions), change, AFFECTED)
        write_part(con, "resolved.links", pl.DataFrame(resolution.links), change, AFFECTED_LINKS)
        with temporary_table(con, "renewed_authors", "resolved/renewed_authors"):
            write_part(con, "resolved.authors", con.sql(query("resolved/authors")).pl(), change, RENEWED_AUTHORS)


def write_part(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame, change: Change, where: str) -> None:
    """Put a frame in the place of a whole table, or of some of its rows where only changes were resolved."""
    if change.large_blocks is None:
        replace(con, name, frame)
    else:
        with frame_as(con, "fresh", schemas.TABLES[name].validate(frame, cast=True)):
            renew(con, name, "SELECT * FROM fresh", where)


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
