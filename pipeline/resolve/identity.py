"""Author ids: minted once from content, carried from run to run, never reused.

What belongs here: naming clusters, and giving today's clusters the ids that the same people had before. What
does not: deciding clusters.

Survivor rule: a cluster takes the id of the previous author of whose mentions it holds most; ties go to the id
that is oldest in the previous table's history order, that is the smallest id. An id goes to one cluster only, the
one that holds most of its mentions; the others are new people. Ids that no cluster takes are retired, with a
redirect where their mentions went into one author.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.resolve.schemas import ResolverInputError

LongArray = npt.NDArray[np.int64]

_ID_LENGTH: Final = 12
"""Base32 letters: 60 bits, so among ten million authors a clash has odds of about one in 20,000, and is settled."""

AUTHOR_MENTIONS = pa.schema(
    [
        pa.field("mention_id", pa.string(), nullable=False),
        pa.field("author_id", pa.string(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
    ]
)
"""One row is one mention and the author it belongs to, sorted by mention_id."""

HISTORY = pa.schema(
    [
        pa.field("event", pa.string(), nullable=False),
        pa.field("author_id", pa.string(), nullable=False),
        pa.field("other_author_id", pa.string()),
        pa.field("mention_id", pa.string()),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("why", pa.string(), nullable=False),
    ]
)
"""One row is one event of an author's history, sorted by event, author_id, other_author_id, mention_id.

minted: `author_id` is new. merged: `author_id` survives, `other_author_id` went into it. split: `author_id` lost
mentions to `other_author_id`, which is new. moved: `mention_id` left `author_id` for `other_author_id`, both of
which were there before. retired: `author_id` has no mention any more, `other_author_id` is where most went.
"""

REDIRECTS = pa.schema(
    [
        pa.field("old_author_id", pa.string(), nullable=False),
        pa.field("author_id", pa.string(), nullable=False),
    ]
)
"""One row is one id that no longer stands for anybody, and the author that its readers want. Sorted."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The outcome of carrying ids over.

    Attributes:
        author_mentions: `AUTHOR_MENTIONS`.
        history: `HISTORY`, this run's events only.
        redirects: `REDIRECTS`, previous ones followed through, none a chain.
    """

    author_mentions: pa.Table
    history: pa.Table
    redirects: pa.Table


def minted_id(mention_id: str, attempt: int = 0) -> str:
    """Name an author from the smallest mention_id it is minted with; `attempt` counts ids found taken."""
    content = mention_id if attempt == 0 else f"{mention_id}\n{attempt}"
    digest = hashlib.sha256(content.encode()).digest()
    return "A" + base64.b32encode(digest)[:_ID_LENGTH].decode("ascii")


def author_ids(mention_ids: pl.Series, anchor: LongArray) -> pl.Series:
    """Name every cluster from its anchor's mention_id.

    Args:
        mention_ids: All mention ids.
        anchor: For each the index of the smallest of its cluster.
    """
    anchors = np.unique(anchor)
    taken: set[str] = set()
    named = [_fresh_id(mention_id, taken) for mention_id in mention_ids.gather(anchors)]
    return pl.Series("author_id", named, dtype=pl.String).gather(np.searchsorted(anchors, anchor))


def _fresh_id(mention_id: str, taken: set[str]) -> str:
    """Mint an id that is not taken, and take it."""
    attempt = 0
    while (candidate := minted_id(mention_id, attempt)) in taken:
        attempt += 1
    taken.add(candidate)
    return candidate


def carry_ids(
    clusters: pa.Table,
    previous: pa.Table | None,
    previous_redirects: pa.Table | None = None,
    *,
    run_id: str,
    at: object,
) -> Identity:
    """Give today's clusters the ids that the same people had in the previous run.

    Args:
        clusters: `schemas.CLUSTERS` of this run; its author_id only tells clusters apart.
        previous: `AUTHOR_MENTIONS` of the last run; None or empty on the first.
        previous_redirects: `REDIRECTS` so far.
        run_id: Names this run in the history.
        at: The run's time, a timezone-aware datetime given by the caller.

    Returns:
        The same people in whatever order runs happened; ids already minted stay with the largest part of the
        mentions they were given.

    Raises:
        ResolverInputError: `clusters` or `previous` holds a mention twice.
    """
    today = _frame(clusters, "clusters").rename({"author_id": "cluster"})
    before = (
        _frame(previous, "previous").select("mention_id", pl.col("author_id").alias("old"))
        if previous is not None
        else pl.DataFrame(schema={"mention_id": pl.String, "old": pl.String})
    )
    redirects = _redirect_frame(previous_redirects)
    shares = (
        today.join(before, on="mention_id")
        .group_by("cluster", "old")
        .agg(pl.len().alias("carried"), pl.col("mention_id").min().alias("first"))
    )
    kept = _survivors(shares)
    named = _named(today, kept, taken=set(before["old"]) | set(redirects["old_author_id"]))
    placed = today.join(named, on="cluster", how="left").sort("mention_id")
    moves = placed.join(before, on="mention_id", how="inner")
    gone = before.select("old").unique().join(named, left_on="old", right_on="author_id", how="anti")
    heirs = (
        moves.group_by("old", "author_id")
        .len("carried")
        .join(gone, on="old", how="semi")
        .sort("old", "carried", "author_id", descending=[False, True, False])
        .unique("old", keep="first", maintain_order=True)
    )
    history = _history(named=named, before=before, moves=moves, gone=gone, heirs=heirs).with_columns(
        run_id=pl.lit(run_id), at=pl.lit(at).cast(pl.Datetime("us", "UTC"))
    )
    return Identity(
        author_mentions=placed.select("mention_id", "author_id", "probability").to_arrow().cast(AUTHOR_MENTIONS),
        history=history.select(HISTORY.names).to_arrow().cast(HISTORY),
        redirects=_followed(redirects, heirs).to_arrow().cast(REDIRECTS),
    )


def _frame(table: pa.Table, label: str) -> pl.DataFrame:
    frame = pl.DataFrame(table)
    missing = [c for c in AUTHOR_MENTIONS.names if c not in frame.columns]
    if missing:
        raise ResolverInputError(f"{label} has no column {missing[0]!r}.")
    if frame["mention_id"].n_unique() != frame.height:
        culprit = frame.filter(pl.col("mention_id").is_duplicated())["mention_id"].min()
        raise ResolverInputError(f"mention_id {culprit!r} is in {label} more than once.")
    return frame.select(pl.col("mention_id", "author_id").cast(pl.String), pl.col("probability").cast(pl.Float64))


def _redirect_frame(table: pa.Table | None) -> pl.DataFrame:
    empty = pl.DataFrame(schema={"old_author_id": pl.String, "author_id": pl.String})
    if table is None:
        return empty
    frame = pl.from_arrow(table.select(REDIRECTS.names))
    return pl.concat([empty, frame.cast(pl.String)]) if isinstance(frame, pl.DataFrame) else empty


def _survivors(shares: pl.DataFrame) -> pl.DataFrame:
    """Pair clusters with ids: largest overlaps first, each cluster and each id once; ties by id, then mention."""
    ranked = shares.sort("carried", "old", "first", descending=[True, False, False])
    free_cluster: set[str] = set()
    free_old: set[str] = set()
    pairs: list[tuple[str, str]] = []
    for cluster, old in ranked.select("cluster", "old").iter_rows():
        if cluster in free_cluster or old in free_old:
            continue
        free_cluster.add(cluster)
        free_old.add(old)
        pairs.append((cluster, old))
    return pl.DataFrame(pairs, schema={"cluster": pl.String, "author_id": pl.String}, orient="row")


def _named(today: pl.DataFrame, kept: pl.DataFrame, taken: set[str]) -> pl.DataFrame:
    """`cluster, author_id` of every cluster: kept ids, and ids minted for the rest."""
    fresh = (
        today.join(kept, on="cluster", how="anti")
        .group_by("cluster")
        .agg(pl.col("mention_id").min())
        .sort("mention_id")
    )
    minted = [(cluster, _fresh_id(mention_id, taken)) for cluster, mention_id in fresh.iter_rows()]
    return pl.concat([kept, pl.DataFrame(minted, schema=kept.schema, orient="row")])


def _followed(redirects: pl.DataFrame, heirs: pl.DataFrame) -> pl.DataFrame:
    """Add this run's redirects and follow older ones through them, so that every one ends at a living author."""
    new = heirs.select(pl.col("old").alias("old_author_id"), "author_id")
    through = redirects.join(
        new.rename({"old_author_id": "author_id", "author_id": "then"}), on="author_id", how="left"
    ).select("old_author_id", pl.coalesce("then", "author_id").alias("author_id"))
    return pl.concat([through, new]).unique("old_author_id", keep="last", maintain_order=True).sort("old_author_id")


def _history(
    *, named: pl.DataFrame, before: pl.DataFrame, moves: pl.DataFrame, gone: pl.DataFrame, heirs: pl.DataFrame
) -> pl.DataFrame:
    """This run's events, without run and time, in the order of `HISTORY`."""
    known = before.select(pl.col("old").alias("author_id")).unique()
    minted = named.join(known, on="author_id", how="anti")
    left = moves.filter(pl.col("author_id") != pl.col("old"))
    merged = left.join(gone, on="old", how="semi").join(
        heirs.select("old", "author_id"), on=["old", "author_id"], how="semi"
    )
    stayed = left.join(heirs.select("old", "author_id"), on=["old", "author_id"], how="anti")
    to_new = stayed.join(minted, on="author_id", how="semi")
    to_old = stayed.join(minted, on="author_id", how="anti")
    retired = gone.join(heirs.select("old", "author_id"), on="old", how="left")

    counted = ["old", "author_id"]
    minted_events = _events(
        minted, "minted", pl.lit("no earlier author holds its mentions"), who="author_id", other=None
    )
    parts = [
        minted_events,
        _events(
            merged.group_by(counted).len("n"),
            "merged",
            pl.format("{} mentions joined the author with the larger share", "n"),
            who="author_id",
            other="old",
        ),
        _events(
            to_new.group_by(counted).len("n"),
            "split",
            pl.format("{} mentions are another person", "n"),
            who="old",
            other="author_id",
        ),
        _events(
            to_old, "moved", pl.lit("the evidence now points to another known author"), who="old", other="author_id"
        ),
        _events(
            retired,
            "retired",
            pl.when(pl.col("author_id").is_null())
            .then(pl.lit("its mentions are gone from the input"))
            .otherwise(pl.lit("its mentions belong to others")),
            who="old",
            other="author_id",
        ),
    ]
    return pl.concat(parts).sort("event", "author_id", "other_author_id", "mention_id", nulls_last=True)


def _events(frame: pl.DataFrame, event: str, why: pl.Expr, *, who: str, other: str | None) -> pl.DataFrame:
    """One event per row; a mention is named where the event moves one."""
    nothing = pl.lit(None, dtype=pl.String)
    return frame.select(
        event=pl.lit(event),
        author_id=pl.col(who),
        other_author_id=pl.col(other) if other else nothing,
        mention_id=pl.col("mention_id") if event == "moved" else nothing,
        why=why,
    )
