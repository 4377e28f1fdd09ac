"""Ties from the other side: the rows of other authors that rows of some authors imply.

What belongs here: turning rows round, and what of them is directed, which is closeness. What does not: adding up joint
works (`collaborators`).
"""

import polars as pl

from pipeline.metrics.collaborators import least_close_strengths
from pipeline.metrics.schemas import COLLABORATORS
from pipeline.metrics.weights import TOLERANCE, diluted

KNOWN = ("author_id", "collaborator_id", "strength", "is_close")
"""Columns of a row that tell whether its tie is as close as it was."""


def turned_round(pairs: pl.DataFrame, authors: pl.Series, known: pl.DataFrame) -> pl.DataFrame:
    """Give the ties of all others to some authors.

    Args:
        pairs: `schemas.COLLABORATORS`, every row of the authors.
        authors: Their ids.
        known: Columns `KNOWN`, every row of the others to these authors as it was, when the others had the works and
            probabilities that they have now.

    Returns:
        `schemas.COLLABORATORS`; `is_close` is null where the tie is new or another in strength.
    """
    was = known.select(
        "author_id", "collaborator_id", pl.col("strength").alias("was_strength"), pl.col("is_close").alias("was_close")
    )
    return (
        pairs.filter(~pl.col("collaborator_id").is_in(authors.implode()))
        .rename({"author_id": "collaborator_id", "collaborator_id": "author_id"})
        .join(was, on=("author_id", "collaborator_id"), how="left", maintain_order="left")
        .with_columns(is_close=pl.when(pl.col("strength") == pl.col("was_strength")).then("was_close"))
        .select(*COLLABORATORS)
    )


def with_closeness(turned: pl.DataFrame, works: pl.DataFrame) -> pl.DataFrame:
    """Say of ties that were turned round which are close.

    Args:
        turned: What `turned_round` gave.
        works: `author_id, persons, probability`, every work of each author of a row without closeness, with the number
            of persons on its byline.
    """
    least = least_close_strengths(
        works.select(pl.col("author_id").alias("author"), diluted(pl.col("persons")).alias("dilution"), "probability")
    ).rename({"author": "author_id"})
    is_strong = pl.col("strength") + TOLERANCE >= pl.col("threshold")
    return (
        turned.join(least, on="author_id", how="left", maintain_order="left")
        .with_columns(is_close=pl.coalesce("is_close", is_strong))
        .select(*COLLABORATORS)
    )
