"""Identity: which mentions are one person, carried over from run to run."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
import pyarrow as pa

from pipeline import schemas
from pipeline.resolve import Model, carry_ids, resolve_placed, shipped_model, unmet_corrections
from pipeline.resolve.identity import Identity
from pipeline.steps import builds, changes, corrections, count, frame_as, temporary_table
from pipeline.steps.changes import Change
from pipeline.steps.evidence import resolver_input
from warehouse import query
from warehouse.tables import append, renew, replace_in_batches

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


ROWS_AT_ONCE: Final = 500_000
"""Rows that are checked and stored at once: every row of the people at once would be several GB."""


def resolve_people(con: duckdb.DuckDBPyConnection, *, run_id: str, threads: int) -> dict[str, int]:
    """Resolve what changes since the last run can reach, and give the people the ids they had before.

    Everything is resolved in the first run, by a new model or method, and when much has changed; the people are the
    same either way.

    Returns:
        Counts of people, of what was resolved and of what moved.
    """
    now, model = datetime.now(UTC), shipped_model()
    build = builds.begin(con, "people", f"{model.version} {method()}")
    number = count(con, "SELECT max(number) FROM resolved.resolutions")
    told = corrections.decisions(con)
    with (
        frame_as(con, "decisions", pl.DataFrame(told)),
        frame_as(con, "this_build", pl.DataFrame({"last": [build.last]})),
        temporary_table(con, "looked_at", "resolved/all_works" if build.whole else "resolved/looked_at"),
        temporary_table(con, "fingerprints", "resolved/fingerprints"),
        changes.affected_mentions(con, model, everything=build.whole, threads=threads) as change,
    ):
        resolved = resolve_affected(con, change, told, model, threads)
        block = pl.Series(resolved.places["block"])
        blocks = block.filter(block != "").n_unique()
        write_places(con, resolved.places, change)
        clusters, links = resolved.clusters, resolved.links
        del resolved  # its places are millions of rows that nothing below reads
        identity = identities(con, clusters, run_id=run_id, at=now)
        write(con, links, identity, change)
        unmet = unmet_corrections(told, con.sql(query("resolved/decided_mentions")).to_arrow_table()["mention_id"])
    if not number:
        mode = "first"
    elif build.whole:
        mode = "refit"
    else:
        mode = "full" if change.large_blocks is None else "incremental"
    reach = {
        "changed_mentions": change.changed_mentions,
        "resolved_mentions": clusters.num_rows,
        "blocks": blocks,
    }
    record = {
        "number": number + 1,
        "run_id": run_id,
        "at": now,
        "mode": mode,
        "model_version": model.version,
        "method": method(),
        **reach,
    }
    append(con, "resolved.resolutions", pl.DataFrame([record]))
    builds.finish(con, build, run_id=run_id, renewed=clusters.num_rows)
    history = with_event_ids(pl.DataFrame(identity.history))
    append(con, "resolved.author_history", history)
    counts = cluster_counts(con) | corrections.replay(con, unmet)
    events = {f"{event}_authors": n for event, n in history.group_by("event").len().sort("event").iter_rows()}
    return counts | reach | {f"{mode}_run": 1} | events


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


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was decided about the affected mentions; Arrow tables, since a frame would be a second copy of all texts.

    Attributes:
        clusters: `pipeline.resolve.schemas.CLUSTERS`.
        links: `pipeline.resolve.schemas.LINKS`.
        places: `pipeline.resolve.islands.PLACES`.
    """

    clusters: pa.Table
    links: pa.Table
    places: pa.Table

    def brought_to(self, again: "Resolved") -> "Resolved":
        """Put what was decided again, about whole islands, in its place."""
        mentions = pl.DataFrame(again.clusters.select(["mention_id"]))

        def brought(kept: pa.Table, fresh: pa.Table, key: str) -> pa.Table:
            rest = pl.DataFrame(kept).join(mentions, left_on=key, right_on="mention_id", how="anti")
            return pl.concat([rest, pl.DataFrame(fresh)]).to_arrow()

        return Resolved(
            clusters=brought(self.clusters, again.clusters, "mention_id"),
            links=brought(self.links, again.links, "mention_id_l"),
            places=brought(self.places, again.places, "mention_id"),
        )


def in_slices(table: pa.Table) -> Iterator[pl.DataFrame]:
    """The rows of a table as frames of at most `ROWS_AT_ONCE`."""
    return (pl.DataFrame(table.slice(begin, ROWS_AT_ONCE)) for begin in range(0, table.num_rows, ROWS_AT_ONCE))


def resolve_affected(
    con: duckdb.DuckDBPyConnection, change: Change, told: pa.Table, model: Model, threads: int
) -> Resolved:
    """Resolve what a change reaches.

    Clusters that came out other than they were may bear on clusters of other units: those are affected mentions then,
    and resolved again together.
    """

    def resolved(chosen: str | None) -> Resolved:
        resolution, places = resolve_placed(
            lambda: resolver_input(con, chosen),
            corrections=told,
            model=model,
            threads=threads,
            large_blocks=change.large_blocks,
        )
        return Resolved(resolution.clusters, resolution.links, places)

    first = resolved("affected_mentions" if change.large_blocks is not None else None)
    if change.large_blocks is None:
        return first
    with changes.partner_mentions(con, pl.DataFrame(first.places), model, change.large_blocks, threads) as partners:
        if not partners:
            return first
        again = resolved("partner_mentions")
        con.execute(
            "CREATE OR REPLACE TEMPORARY TABLE affected_mentions AS FROM affected_mentions UNION FROM partner_mentions"
        )
    return first.brought_to(again)


def identities(con: duckdb.DuckDBPyConnection, clusters: pa.Table, *, run_id: str, at: datetime) -> Identity:
    """Give the people that were resolved the ids they had before; SQL must see `affected_mentions`."""
    previous = con.sql(
        f"SELECT mention_id, author_id, probability FROM resolved.author_mentions WHERE {AFFECTED}"
    ).to_arrow_table()
    with frame_as(con, "previous_people", pl.DataFrame(previous)):
        redirects = con.sql(
            f"SELECT old_author_id, author_id FROM resolved.author_redirects WHERE {AFFECTED_REDIRECTS}"
        ).to_arrow_table()
    return carry_ids(
        clusters,
        previous,
        redirects,
        run_id=run_id,
        at=at,
        minted=con.sql(query("resolved/minted_ids")).to_arrow_table(),
        first_seen=con.sql(query("resolved/first_seen")).to_arrow_table(),
    )


def write_places(con: duckdb.DuckDBPyConnection, places: pa.Table, change: Change) -> None:
    """Keep where mentions stand for the next run; SQL must see `affected_mentions` and `fingerprints`."""
    fingerprints = "FROM fingerprints" if change.large_blocks is None else query("resolved/known_fingerprints")

    def with_fingerprints(some: pl.DataFrame) -> pl.DataFrame:
        # A registered frame would stay in memory until the transaction ends.
        rows: pl.DataFrame = con.from_arrow(some.to_arrow()).join(con.sql(fingerprints), "mention_id").pl()
        return rows.sort("mention_id")

    write_part(con, "resolved.mention_places", map(with_fingerprints, in_slices(places)), change, AFFECTED)


def write(con: duckdb.DuckDBPyConnection, links: pa.Table, identity: Identity, change: Change) -> None:
    """Put what was resolved in the place of what stood there; SQL must see `affected_mentions`."""
    previous = con.sql(f"SELECT author_id FROM resolved.author_mentions WHERE {AFFECTED}").pl()
    with frame_as(con, "previous_people", previous):
        for name, rows, where in (
            ("resolved.author_redirects", identity.redirects, AFFECTED_REDIRECTS),
            ("resolved.author_mentions", identity.author_mentions, AFFECTED),
            ("resolved.links", links, AFFECTED_LINKS),
        ):
            write_part(con, name, in_slices(rows), change, where)
        with temporary_table(con, "renewed_authors", "resolved/renewed_authors"):
            authors = con.sql(f"FROM ({query('resolved/authors')}) ORDER BY author_id").pl()
            write_part(con, "resolved.authors", [authors], change, RENEWED_AUTHORS)


def write_part(
    con: duckdb.DuckDBPyConnection, name: str, frames: Iterable[pl.DataFrame], change: Change, where: str
) -> None:
    """Put frames, in the order of the key, in the place of a whole table, or of the rows that changes reach."""
    if change.large_blocks is None:
        replace_in_batches(con, name, frames)
        return
    contract = schemas.TABLES[name]
    fresh = pl.concat([contract.create_empty(), *(contract.validate(frame, cast=True) for frame in frames)])
    with frame_as(con, "fresh", fresh):
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
    mentions, authors, largest = con.execute(
        "SELECT coalesce(sum(mentions), 0), count(*), coalesce(max(mentions), 0) FROM resolved.authors"
    ).fetchall()[0]
    return {"mentions": int(mentions), "authors": authors, "largest_author": largest}
