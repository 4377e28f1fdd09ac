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

from pipeline.resolve import Model, blocking, compatible_names, name_forms, names_of, partner_ties, tied_mentions
from pipeline.steps import count, frame_as, temporary_table
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
    tied = tied_mentions(
        *resolver_input(con, "candidate_mentions"),
        changed=arrivals["mention_id"],
        large_blocks=large_blocks,
        model=model,
        threads=threads,
    )
    tables.enter_context(frame_as(con, "tied_mentions", pl.DataFrame({"mention_id": tied})))
    tables.enter_context(temporary_table(con, "reached_islands", "resolved/reached_islands"))
    return large_blocks


@contextmanager
def partner_mentions(
    con: duckdb.DuckDBPyConnection, places: pl.DataFrame, model: Model, large_blocks: frozenset[str]
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
    """
    with (
        frame_as(con, "placed", places),
        temporary_table(con, "changed_clusters", "resolved/changed_clusters"),
        temporary_table(con, "proposed_mentions", "resolved/proposed_mentions"),
    ):
        ties = partner_ties(
            *resolver_input(con, "proposed_mentions"),
            clusters=con.sql("FROM proposed_mentions").pl(),
            large_blocks=large_blocks,
            model=model,
        )
        with (
            frame_as(con, "ties", pl.DataFrame(ties)),
            temporary_table(con, "partner_mentions", "resolved/partner_mentions"),
        ):
            yield count(con, "SELECT count(*) FROM partner_mentions")
