"""Author ids: minted once from content, carried from run to run, never reused.

What belongs here: naming clusters, and giving today's clusters the ids that the same people had before. What
does not: deciding clusters.

The rule: an id is minted from one mention, its founder, and goes where that mention goes.

1. The founder of an id stands for it. Where the last run did not have the founder with that id (it is gone from the
   input, or has joined an older author), the earliest mention that the id had in the last run stands for it.
2. A cluster takes the id that one of its mentions stands for; of several the one minted first, in one run the one
   whose mention is earliest.
3. A cluster without one is a new author, and its earliest mention the founder.
4. An id that no cluster takes is retired, with a redirect to the author who has most of its mentions. It is never
   minted again: should its founder stand alone later, that author's id is the next one that the mention gives.

Earliest is by the day a mention was first seen, as the caller tells it (a work's first submission), then by
mention_id; without days by mention_id.

So an older work that arrives late never changes an id, and whole days that arrive in their order give the ids of one
go to every author whose earliest mention has, in every run since it came, been the earliest of its author. Where a
run on the way had put it with an earlier one and later evidence parted them again, the author may bear an id founded
by another of its mentions, or the second id of the same mention; the history has the events that say so.
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

minted: `author_id` is new, `mention_id` its founder. merged: `author_id` survives, `other_author_id` went into it.
split: `author_id` lost mentions to `other_author_id`, which is new. moved: `mention_id` left `author_id` for
`other_author_id`, both of which were there before. retired: `author_id` has no mention any more, `other_author_id` is
where most went.
"""

REDIRECTS = pa.schema(
    [
        pa.field("old_author_id", pa.string(), nullable=False),
        pa.field("author_id", pa.string(), nullable=False),
    ]
)
"""One row is one id that no longer stands for anybody, and the author that its readers want. Sorted."""

MINTED = pa.schema(
    [
        pa.field("author_id", pa.string(), nullable=False),
        pa.field("mention_id", pa.string()),
        pa.field("turn", pa.int64(), nullable=False),
    ]
)
"""One row is one id that was ever minted, retired ones included: its founder and the number of the run."""

FIRST_SEEN = pa.schema([pa.field("mention_id", pa.string(), nullable=False), pa.field("day", pa.date32())])
"""One row is one mention and the day its work was first submitted, null where unknown, which is after all days."""


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
    """Name an author from its founder; `attempt` counts ids found taken."""
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
    minted: pa.Table | None = None,
    first_seen: pa.Table | None = None,
) -> Identity:
    """Give today's clusters the ids that the same people had in the previous run.

    The tables may be a part of the whole, if it holds whole clusters and whole previous authors.

    Args:
        clusters: `schemas.CLUSTERS` of this run; its author_id only tells clusters apart.
        previous: `AUTHOR_MENTIONS` of the last run; None or empty on the first.
        previous_redirects: `REDIRECTS` so far; of a part, those that lead to its previous authors.
        run_id: Names this run in the history.
        at: The run's time, a timezone-aware datetime given by the caller.
        minted: `MINTED`; an id that is not in it counts as minted before all others.
        first_seen: `FIRST_SEEN`; a mention that is not in it has no day.

    Returns:
        Every mention with the id of its author, by the module's rule.

    Raises:
        ResolverInputError: `clusters` or `previous` holds a mention twice.
    """
    today = _frame(clusters, "clusters").rename({"author_id": "cluster"})
    before = (
        _frame(previous, "previous").select("mention_id", pl.col("author_id").alias("old"))
        if previous is not None
        else pl.DataFrame(schema={"mention_id": pl.String, "old": pl.String})
    )
    redirects = _conformed(previous_redirects, REDIRECTS)
    known = _conformed(minted, MINTED)
    ranked = _ranked(today, _conformed(first_seen, FIRST_SEEN))
    kept = _survivors(ranked.join(before, on="mention_id"), known)
    named, founders = _named(ranked, kept, before, redirects, known)
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
    history = _history(founders=founders, moves=moves, gone=gone, heirs=heirs).with_columns(
        run_id=pl.lit(run_id), at=pl.lit(at).cast(pl.Datetime("us", "UTC"))
    )
    return Identity(
        author_mentions=placed.select("mention_id", "author_id", "probability").to_arrow().cast(AUTHOR_MENTIONS),
        history=history.select(HISTORY.names).to_arrow().cast(HISTORY),
        redirects=_followed(redirects, heirs, named).to_arrow().cast(REDIRECTS),
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


def _conformed(table: pa.Table | None, schema: pa.Schema) -> pl.DataFrame:
    """A frame with exactly the columns of `schema`; empty where there is no table."""
    return pl.DataFrame((schema.empty_table() if table is None else table.select(schema.names)).cast(schema))


def _ranked(today: pl.DataFrame, first_seen: pl.DataFrame) -> pl.DataFrame:
    """`mention_id, cluster, rank`: today's mentions, rank 0 the earliest."""
    return (
        today.select("mention_id", "cluster")
        .join(first_seen, on="mention_id", how="left")
        .sort("day", "mention_id", nulls_last=True)
        .drop("day")
        .with_row_index("rank")
    )


def _survivors(carried: pl.DataFrame, minted: pl.DataFrame) -> pl.DataFrame:
    """`cluster, author_id` of the clusters that keep an id.

    Args:
        carried: `mention_id, cluster, rank, old` of the mentions that had an author in the last run.
        minted: `MINTED`.
    """
    standing = (
        carried.join(minted.select(old="author_id", founder="mention_id", turn="turn"), on="old", how="left")
        .with_columns(turn=pl.col("turn").fill_null(-1), other=~pl.col("mention_id").eq_missing(pl.col("founder")))
        .sort("old", "other", "rank")
        .unique("old", keep="first", maintain_order=True)
    )
    return (
        standing.sort("cluster", "turn", "rank")
        .unique("cluster", keep="first", maintain_order=True)
        .select("cluster", author_id="old")
    )


def _named(
    ranked: pl.DataFrame, kept: pl.DataFrame, before: pl.DataFrame, redirects: pl.DataFrame, minted: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`cluster, author_id` of every cluster, and `author_id, mention_id` of the ids minted now with their founders."""
    fresh = (
        ranked.join(kept, on="cluster", how="anti")
        .sort("rank")
        .unique("cluster", keep="first", maintain_order=True)
        .select("cluster", "mention_id")
    )
    taken = set(before["old"]).union(redirects["old_author_id"], minted["author_id"]) if fresh.height else set()
    fresh = fresh.with_columns(
        author_id=pl.Series([_fresh_id(mention_id, taken) for mention_id in fresh["mention_id"]], dtype=pl.String)
    )
    return pl.concat([kept, fresh.select("cluster", "author_id")]), fresh.select("author_id", "mention_id")


def _followed(redirects: pl.DataFrame, heirs: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Add this run's redirects and follow older ones through them; one that leads to nobody is dropped."""
    new = heirs.select(pl.col("old").alias("old_author_id"), "author_id")
    through = redirects.join(
        new.rename({"old_author_id": "author_id", "author_id": "then"}), on="author_id", how="left"
    ).select("old_author_id", pl.coalesce("then", "author_id").alias("author_id"))
    return pl.concat([through, new]).join(named, on="author_id", how="semi").sort("old_author_id")


def _history(*, founders: pl.DataFrame, moves: pl.DataFrame, gone: pl.DataFrame, heirs: pl.DataFrame) -> pl.DataFrame:
    """This run's events, without run and time, in the order of `HISTORY`."""
    left = moves.filter(pl.col("author_id") != pl.col("old"))
    to_new = left.join(founders, on="author_id", how="semi")
    to_old = left.join(founders, on="author_id", how="anti")
    into = heirs.select("old", "author_id")
    merged = to_old.join(into, on=["old", "author_id"], how="semi")
    moved = to_old.join(into, on=["old", "author_id"], how="anti")
    retired = gone.join(into, on="old", how="left")

    counted = ["old", "author_id"]
    parts = [
        _events(founders, "minted", pl.lit("no id came with its mentions"), who="author_id", other=None),
        _events(
            merged.group_by(counted).len("n"),
            "merged",
            _mentions("joined an author whose id is older"),
            who="author_id",
            other="old",
        ),
        _events(
            to_new.group_by(counted).len("n"),
            "split",
            _mentions("went to another person"),
            who="old",
            other="author_id",
        ),
        _events(
            moved, "moved", pl.lit("the evidence now points to another known author"), who="old", other="author_id"
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


def _mentions(what: str) -> pl.Expr:
    """How many mentions, `n`, did what."""
    noun = pl.when(pl.col("n") == 1).then(pl.lit("mention")).otherwise(pl.lit("mentions"))
    return pl.format("{} {} " + what, "n", noun)


def _events(frame: pl.DataFrame, event: str, why: pl.Expr, *, who: str, other: str | None) -> pl.DataFrame:
    """One event per row; a mention is named where the event moves one, and where it founds an author."""
    nothing = pl.lit(None, dtype=pl.String)
    return frame.select(
        event=pl.lit(event),
        author_id=pl.col(who),
        other_author_id=pl.col(other) if other else nothing,
        mention_id=pl.col("mention_id") if event in {"minted", "moved"} else nothing,
        why=why,
    )
