"""What a run of the resolver has to resolve again, and reading it.

What belongs here: finding the mentions that changes can reach, from where every mention stood in the last run. What
does not: why nothing else can be reached (`pipeline.resolve.islands`), resolving them (`people`).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl
import pyarrow as pa

from pipeline.resolve import (
    Model,
    blocking,
    compatible_clusters,
    compatible_names,
    name_forms,
    names_of,
    partner_ties,
    standing_mentions,
    tied_mentions,
)
from pipeline.steps import count, frame_as, query_as, temporary_table
from pipeline.steps.evidence import resolver_input
from warehouse import query

MOST_CHANGED: Final = 0.2
"""Share of changed mentions from which everything is resolved: finding the rest would cost more than it saves."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changed since the last run, and how far it reaches.

    Attributes:
        changed_mentions: Mentions that came, went or changed.
        large_blocks: Blocks that are split; None where everything is resolved, which finds them itself.
    """

    changed_mentions: int
    large_blocks: frozenset[str] | None


@contextmanager
def affected_mentions(
    con: duckdb.DuckDBPyConnection, model: Model, *, everything: bool, threads: int
) -> Iterator[Change]:
    """Let SQL see `affected_mentions`, to be resolved again or gone, while the block runs.

    SQL must see `decisions` and `fingerprints`.

    Args:
        con: A connection to the working file.
        model: What decides.
        everything: Every mention is affected, whatever changed.
        threads: Batches worked on at once.
    """
    with temporary_table(con, "changed_mentions", "resolved/changed_mentions"), ExitStack() as tables:
        changed = count(con, "SELECT count(*) FROM changed_mentions")
        most = changed > MOST_CHANGED * count(con, "SELECT count(*) FROM staging.mentions")
        if everything or most:
            large_blocks = None
            tables.enter_context(temporary_table(con, "affected_mentions", "resolved/all_mentions"))
        else:
            large_blocks = find_reached(con, model, tables, threads)
            tables.enter_context(temporary_table(con, "affected_mentions", "resolved/affected_mentions"))
        yield Change(changed, large_blocks)


def find_reached(con: duckdb.DuckDBPyConnection, model: Model, tables: ExitStack, threads: int) -> frozenset[str]:
    """Let SQL see `reached_islands` and what `partner_mentions` needs; returns the blocks that are split now.

    SQL must see `changed_mentions` and `decisions`.
    """
    arrivals = names_of(*resolver_input(con, "changed_mentions"), model=model)
    tables.enter_context(frame_as(con, "arrivals", arrivals))
    sizes = con.sql(
        f"""
        SELECT block, last > $whole AS was_split, now > $whole AS is_split FROM ({query("resolved/block_sizes")})
        WHERE greatest(last, now) > $whole ORDER BY block
        """,
        params={"whole": blocking.WHOLE_BLOCK},
    ).pl()
    split = sizes.filter("is_split").select("block")
    turned = sizes.filter(pl.col("was_split") != pl.col("is_split")).select("block")
    large_blocks = frozenset(split["block"])
    neighbours = con.sql(query("resolved/neighbour_names")).pl()
    compatible = compatible_names(
        arrivals.select(neighbours.columns).unique(), neighbours, large_blocks=large_blocks, model=model
    )
    for name, frame in (
        ("split_blocks", split),
        ("turned_blocks", turned),
        ("compatible_names", compatible),
        ("name_forms", name_forms()),
    ):
        tables.enter_context(frame_as(con, name, frame))
    tables.enter_context(temporary_table(con, "candidate_mentions", "resolved/candidate_mentions"))
    tied = find_tied(con, arrivals["mention_id"], model, large_blocks, threads)
    tables.enter_context(frame_as(con, "tied_mentions", tied.to_frame("mention_id")))
    tables.enter_context(temporary_table(con, "reached_islands", "resolved/reached_islands"))
    return large_blocks


def find_tied(
    con: duckdb.DuckDBPyConnection, changed: pl.Series, model: Model, large_blocks: frozenset[str], threads: int
) -> pl.Series:
    """A mention, at least, of every island that a changed mention is tied to within its unit.

    SQL must see `changed_mentions` and `candidate_mentions`.
    """
    tied = changed.clear()
    for is_first_look in (True, False):
        with (
            frame_as(con, "known_ties", tied.to_frame("mention_id")),
            query_as(
                con,
                "looks",
                f"""
                FROM changed_mentions
                UNION ALL
                SELECT mention_id FROM candidate_mentions
                WHERE is_first_look = {is_first_look} AND island NOT IN (
                    SELECT island FROM candidate_mentions SEMI JOIN known_ties USING (mention_id)
                )
                """,
            ),
        ):
            mentions, works = resolver_input(con, "looks")
        found = tied_mentions(mentions, works, changed, large_blocks=large_blocks, model=model, threads=threads)
        tied = pl.concat([tied, found])
    return tied


@contextmanager
def partner_mentions(
    con: duckdb.DuckDBPyConnection, places: pl.DataFrame, model: Model, large_blocks: frozenset[str], threads: int
) -> Iterator[int]:
    """Let SQL see `partner_mentions`, to be resolved together, while the block runs; gives how many there are.

    They are the islands of clusters that changed and are tied now to clusters of other units, and the islands of
    these. Nothing else can be: what did not change is tied to what it was tied to.

    SQL must see `changed_mentions`, `affected_mentions`, `split_blocks` and `name_forms`.

    Args:
        con: A connection to the working file.
        places: `islands.PLACES` of the affected mentions as they are resolved now.
        model: What decides.
        large_blocks: Blocks that are split.
        threads: Clusters compared at once.
    """
    with (
        frame_as(con, "placed", places),
        temporary_table(con, "changed_clusters", "resolved/changed_clusters"),
        frame_as(con, "ties", pl.DataFrame(ties_of_changed(con, model, large_blocks, threads))),
        temporary_table(con, "partner_mentions", "resolved/partner_mentions"),
    ):
        yield count(con, "SELECT count(*) FROM partner_mentions")


def ties_of_changed(
    con: duckdb.DuckDBPyConnection, model: Model, large_blocks: frozenset[str], threads: int
) -> pa.Table:
    """The ties of clusters that changed and clusters of other units, as `islands.PARTNERS`.

    SQL must see `placed`, `changed_clusters`, `affected_mentions`, `split_blocks` and `name_forms`.
    """
    proposed = con.sql(query("resolved/proposed_clusters")).pl()
    pairs = compatible_clusters(proposed, large_blocks=large_blocks, model=model)
    with frame_as(con, "pairs", pairs):
        met = standing_mentions(pairs, con.sql(query("resolved/cluster_members")).pl())
    standing = pl.concat([met["of_cluster"], met["of_other"]]).explode().unique().alias("mention_id").to_frame()
    with frame_as(con, "standing", standing):
        mentions, works = resolver_input(con, "standing")
    return partner_ties(mentions, works, met, model=model, threads=threads)
