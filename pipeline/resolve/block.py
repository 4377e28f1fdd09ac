"""The resolver for one group of whole blocks: one table in, one table out, as Spark's `applyInArrow` wants it.

What belongs here: splitting the one table into mentions and works. What does not: which rows come together. The
caller groups by block, or by family where names with forms of another initial (Bob, Robert) are to meet; mentions that
corrections or ORCIDs join across blocks must come in one table.
"""

import polars as pl
import pyarrow as pa

from pipeline.resolve.resolution import resolve
from pipeline.resolve.schemas import BLOCK_MENTIONS, CLUSTERS, MENTIONS, WORKS, ResolverInputError


def resolve_block(mentions: pa.Table) -> pa.Table:
    """Resolve the mentions of whole blocks.

    Args:
        mentions: `schemas.BLOCK_MENTIONS`: mentions, each beside its work's columns. It must be the only
            parameter: Spark passes the group's key to a second one.

    Returns:
        `schemas.CLUSTERS`, exactly, as Spark wants the types.

    Raises:
        ResolverInputError: as `resolve`.
    """
    for column in ("work_id", "title"):
        if column not in mentions.column_names:
            raise ResolverInputError(f"mentions has no column {column!r}; a block's rows carry their work's columns.")
    known = [name for name in BLOCK_MENTIONS.names if name in mentions.column_names]
    frame = pl.DataFrame(mentions.select(known))
    works = frame.select([name for name in WORKS.names if name in known]).unique(
        "work_id", keep="first", maintain_order=True
    )
    people = frame.select([name for name in MENTIONS.names if name in known])
    return resolve(people.to_arrow(), works.to_arrow(), threads=1).clusters.cast(CLUSTERS)
