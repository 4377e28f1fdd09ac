"""The people near a paper: close collaborators of its authors who are not on it themselves.

What belongs here: adding up the ties of a paper's authors, and the places. What does not: which ties are close
(`collaborators`).
"""

from typing import Final

import polars as pl

from pipeline.metrics.collaborators import pair_key
from pipeline.metrics.weights import UNITS

FIRST_AUTHORS: Final = 20
"""Authors of a paper whose ties count, by position."""

PLACES: Final = 10
"""People kept for a paper."""

DIGITS: Final = 9
"""Digits of a sum of strengths: those in which sums in any order agree."""

NEAR_PEOPLE: Final = {
    "work_id": pl.String(),
    "collaborator_id": pl.String(),
    "author_id": pl.String(),
    "strength": pl.Float64(),
    "authors_count": pl.Int64(),
    "place": pl.Int64(),
}
"""One person near a paper: who, by the strongest tie of which author (the last id if equal), strength and number of all
such ties, and the place among the people near it, the strongest first."""


def near_people(authors: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """Find the people near papers.

    Args:
        authors: `work_id, author_id, position`, every author of each paper once.
        ties: `author_id, collaborator_id, strength`, every close tie of these authors.

    Returns:
        `NEAR_PEOPLE`, at most `PLACES` rows a paper, sorted by paper and place.
    """
    ids = pl.concat([authors["author_id"], ties["author_id"], ties["collaborator_id"]]).unique().sort()
    works = authors["work_id"].unique().sort()
    bylines = authors.select(_numbers("work_id", works), _numbers("author_id", ids), "position")
    numbered = (
        ties.select(
            _numbers("author_id", ids),
            _numbers("collaborator_id", ids),
            (pl.col("strength") * UNITS).round().cast(pl.Int64).alias("strength"),
        )
        .sort("strength", "author_id")
        .with_row_index("tie")
    )
    step = UNITS // 10**DIGITS
    near = (
        bylines.filter(pl.col("position") <= FIRST_AUTHORS)
        .join(numbered, on="author_id")
        .group_by(pair_key("work_id", "collaborator_id").alias("pair"))
        .agg(pl.col("tie").max(), pl.col("strength").sum(), pl.len().cast(pl.Int64).alias("authors_count"))
        .join(bylines.select(pair_key("work_id", "author_id").alias("pair")), on="pair", how="anti")
        .with_columns(
            (pl.col("pair") // 2**32).alias("work_id"),
            (pl.col("pair") % 2**32).alias("collaborator_id"),
            (pl.col("strength") + step // 2) // step,
        )
        .sort("work_id", "strength", "collaborator_id", descending=[False, True, False])
        .with_columns(pl.int_range(pl.len()).alias("row"))
        .with_columns((pl.col("row") - pl.col("row").min().over("work_id") + 1).alias("place"))
        .filter(pl.col("place") <= PLACES)
    )
    return near.select(
        works.gather(near["work_id"]).alias("work_id"),
        ids.gather(near["collaborator_id"]).alias("collaborator_id"),
        ids.gather(numbered["author_id"].gather(near["tie"])).alias("author_id"),
        (pl.col("strength").cast(pl.Float64) / 10**DIGITS).round(DIGITS).alias("strength"),
        "authors_count",
        "place",
    )


def _numbers(column: str, ids: pl.Series) -> pl.Expr:
    """The places of a column's values among sorted ids."""
    return pl.col(column).cast(pl.Enum(ids)).to_physical()
