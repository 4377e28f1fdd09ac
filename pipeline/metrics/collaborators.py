"""Who works with whom, how closely, and since when: one row per ordered pair of authors.

What belongs here: the sums over joint works and the two thresholds (established, close). What does not: the
weight of a single work (`weights`), what trust makes of the ties (`evidence`, `trust`).

Choices that the formula leaves open, and why:

* A work of more than 100 persons makes no pair at all: it counts in no `joint_works`, and the people on it
  are no collaborators of each other through it. One such work of 3,303 names would make 11 million rows that
  say nothing. So a count of collaborators excludes them; the works still count, diluted, in the threshold for
  close ties.
* n is the number of persons on the byline, and ring distance runs over their ranks: a collaboration name
  between two people does not part them.
* A joint work weighs p(i) * p(j): it is joint only if both names are rightly placed. The product also keeps
  strength symmetric; is_close alone is directed, through the author's own W. `joint_works` and
  `newman_weight` are plain, as in the literature: they count every joint work in full.
* An author found twice on one byline (an open conflict) stands there once, at the name with the higher
  probability, the earlier place if equal. n still counts every printed person.
* `recent_strength` halves a joint work's weight for every `HALF_LIFE_YEARS` between its year and an explicit
  as-of year; a work of a later or unknown year weighs 0. No clock is read: without an as-of year it is null.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pipeline.metrics.schemas import BYLINES, COLLABORATORS, MetricsInputError, conform
from pipeline.metrics.weights import (
    LONGEST_BYLINE,
    SHORTEST_ALPHABETICAL_BYLINE,
    TOLERANCE,
    diluted,
    from_units,
    in_units,
    mean_closeness,
)

ESTABLISHED_STRENGTH: Final = 0.5
CLOSE_FACTOR: Final = 0.5

HALF_LIFE_YEARS: Final = 5
"""Chosen, not fitted: a joint paper counts half after five years, a sixteenth after twenty."""

_EVEN_CLOSENESS: Final = {n: mean_closeness(n) for n in range(2, LONGEST_BYLINE + 1)}

CHUNK_PAIRS: Final = 4_000_000
"""Ordered pairs made before they are summed: about 0.5 GB while a chunk is worked on."""


def collaborators(
    bylines: pl.DataFrame | pl.LazyFrame, *, as_of_year: int | None = None, chunk_pairs: int = CHUNK_PAIRS
) -> pl.DataFrame:
    """Sum up joint works, one row per ordered pair of authors who share a work of 2 to 100 persons.

    Args:
        bylines: `schemas.BYLINES`, any order.
        as_of_year: Year that `recent_strength` looks back from.
        chunk_pairs: Bound on the ordered pairs held at once (one author's pairs are never split). Results do
            not depend on it.

    Returns:
        `schemas.COLLABORATORS`, sorted by (author_id, collaborator_id). strength and newman_weight are to
        1e-12; years are null where no joint work has one.

    Raises:
        MetricsInputError: A column is missing, a key is null, a probability is no probability, or two names
            share a place on one work.
    """
    batches = list(collaborator_batches(bylines, as_of_year=as_of_year, chunk_pairs=chunk_pairs))
    return pl.concat(batches) if batches else pl.DataFrame(schema=COLLABORATORS)


def collaborator_batches(
    bylines: pl.DataFrame | pl.LazyFrame,
    *,
    as_of_year: int | None = None,
    chunk_pairs: int = CHUNK_PAIRS,
) -> Iterator[pl.DataFrame]:
    """Give the rows of `collaborators` in order, batch by batch, for a caller that writes as it goes.

    Batches split between authors, never within one, so their concatenation is sorted; none is empty.
    """
    if chunk_pairs < 1:
        raise MetricsInputError(f"chunk_pairs is {chunk_pairs}; give 1 or more.")
    names, author_ids = _coded(bylines)
    yield from numbered_batches(names, author_ids, as_of_year=as_of_year, chunk_pairs=chunk_pairs)


def numbered_batches(
    names: pl.DataFrame,
    author_ids: pl.Series,
    *,
    of: pl.Series | None = None,
    as_of_year: int | None = None,
    chunk_pairs: int = CHUNK_PAIRS,
) -> Iterator[pl.DataFrame]:
    """Give `collaborator_batches` of bylines whose ids are numbers already, for a caller with millions of names.

    Args:
        names: `schemas.NUMBERED_BYLINES`, sorted by work and position, a place on a work taken once.
        author_ids: The ids that the numbers in `author` stand for, in the order that rows are given in.
        of: Ids of the authors whose rows are wanted, all if None; `names` must hold all names of all their works.
        as_of_year: Year that `recent_strength` looks back from.
        chunk_pairs: Bound on the ordered pairs held at once.
    """
    names = _placed(names)
    thresholds = _close_thresholds(names)
    members = names.filter(pl.col("n").is_between(2, LONGEST_BYLINE)).select(
        # A work's names fill the rows first .. first + n - 1, so pairs need no join, only row numbers.
        (pl.int_range(pl.len(), dtype=pl.UInt32) - pl.col("rank")).alias("first"),
        _decay(as_of_year).alias("decay"),
        pl.exclude("work"),
    )
    del names
    standing = members.filter("stands").sort("author", "first")
    if of is not None:
        numbers = author_ids.to_frame().with_row_index("author").filter(pl.col("author_id").is_in(of.implode()))
        standing = standing.join(numbers.select("author"), on="author", how="semi", maintain_order="left")
    for offset, length in _author_chunks(standing, chunk_pairs):
        pairs = _pairs(standing.slice(offset, length), members)
        batch = _summed(pairs, author_ids, thresholds, as_of_year)
        if batch.height:
            yield batch


def _coded(bylines: pl.DataFrame | pl.LazyFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Put numbers for ids and keys.

    Returns:
        One row per name, sorted by (work, position): work, position, author (index into the second value),
        family_rank (order of the casefolded family key), probability, year; and the author ids, sorted.
    """
    required = ("work_id", "position", "author_id", "probability")
    rows = conform(bylines, BYLINES, name="bylines", required=required).collect()
    authors = rows.select(pl.col("author_id").unique().sort())
    numbered = (
        rows.lazy()
        .join(authors.lazy().with_row_index("author"), on="author_id", how="left")
        .join(family_ranks(rows["family_key"]).lazy(), on="family_key", how="left")
        .select("work_id", "position", "author", "family_rank", "probability", "year")
        .sort("work_id", "position")
        .with_columns(is_same_work=pl.col("work_id") == pl.col("work_id").shift(1))
        .collect()
    )
    _check_names(numbered)
    work = (~pl.col("is_same_work").fill_null(value=True)).cum_sum().cast(pl.UInt32)
    return numbered.select(work.alias("work"), pl.exclude("work_id", "is_same_work")), authors["author_id"]


def family_ranks(family_keys: pl.Series) -> pl.DataFrame:
    """Rank the distinct family keys by casefolded code points: `family_key, family_rank`, equal when casefolded."""
    keys = family_keys.drop_nulls().unique()
    folded = pl.Series([key.casefold() for key in keys.to_list()], dtype=pl.String)
    return pl.DataFrame({"family_key": keys, "family_rank": folded.rank("dense").cast(pl.UInt32)})


def _check_names(names: pl.DataFrame) -> None:
    """Raise if a probability is none or a place is taken twice; needs rows sorted by (work_id, position)."""
    wrong = names.filter(~pl.col("probability").is_between(0.0, 1.0))
    if wrong.height:
        work_id, place, value = wrong.select("work_id", "position", "probability").row(0)
        raise MetricsInputError(
            f"bylines gives {work_id}, position {place}, probability {value}; give one between 0 and 1."
        )
    twice = names.filter(pl.col("is_same_work") & (pl.col("position") == pl.col("position").shift(1)))
    if twice.height:
        work_id, place = twice.select("work_id", "position").row(0)
        raise MetricsInputError(f"bylines has {work_id}, position {place}, twice; give one row per printed name.")


def _placed(names: pl.DataFrame) -> pl.DataFrame:
    """Say where each name stands on its byline.

    Returns:
        The rows of `names`, in order: work, author, rank (from 0), n, stands (false for an author's further
        name on one byline), probability, year, dilution, and even_closeness, which is set on alphabetical
        bylines only.
    """
    closeness = pl.DataFrame(
        {"n": list(_EVEN_CLOSENESS), "even_closeness": list(_EVEN_CLOSENESS.values())},
        schema={"n": pl.UInt32, "even_closeness": pl.Float64},
    )
    ranked = names.select(
        "work",
        "author",
        pl.int_range(pl.len(), dtype=pl.UInt32).over("work").alias("rank"),
        pl.len().over("work").alias("n"),
        "probability",
        "year",
        # Null at a name without a key and at the one after it: such a byline's order cannot be judged.
        (pl.col("family_rank") >= pl.col("family_rank").shift(1)).alias("follows"),
        "family_rank",
    )
    in_order = (pl.col("follows") | (pl.col("rank") == 0)) & pl.col("family_rank").is_not_null()
    is_alphabetical = in_order.fill_null(value=False).all().over("work")
    return (
        ranked.with_columns(is_alphabetical=is_alphabetical & (pl.col("n") >= SHORTEST_ALPHABETICAL_BYLINE))
        .join(closeness, on="n", how="left", maintain_order="left")
        .select(
            "work",
            "author",
            "rank",
            "n",
            _stands(ranked).alias("stands"),
            "probability",
            "year",
            diluted(pl.col("n")).alias("dilution"),
            pl.when("is_alphabetical").then("even_closeness").alias("even_closeness"),
        )
    )


def _stands(ranked: pl.DataFrame) -> pl.Series:
    """Whether a name is its author's one name on the byline: the most probable, then the earliest."""
    numbered = ranked.select(pair_key("work", "author").alias("key"), "probability", "rank").with_row_index("row")
    repeated = numbered.group_by("key").len().filter(pl.col("len") > 1)
    further = (
        numbered.join(repeated, on="key", how="semi")
        .sort("key", "probability", "rank", descending=[False, True, False])
        .filter(~pl.col("key").is_first_distinct())
    )
    return ~numbered["row"].is_in(further["row"].implode())


def _close_thresholds(names: pl.DataFrame) -> pl.Series:
    """Least strength of a close tie, by author number."""
    return least_close_strengths(names.filter("stands")).sort("author")["threshold"]


def least_close_strengths(works: pl.DataFrame) -> pl.DataFrame:
    """Least strength of a close tie: half the root of W, the author's diluted works.

    Args:
        works: `author, dilution, probability`, one row a work of an author.

    Returns:
        `author, threshold`, one row an author, in no order.
    """
    weights = works.group_by("author").agg(in_units(pl.col("dilution") * pl.col("probability")).sum())
    threshold = CLOSE_FACTOR * from_units(pl.col("dilution")).clip(lower_bound=1.0).sqrt()
    return weights.select("author", threshold.alias("threshold"))


def _decay(as_of_year: int | None) -> pl.Expr:
    """What is left of a joint work's weight in the as-of year, 0 to 1; null without an as-of year."""
    if as_of_year is None:
        return pl.lit(None, dtype=pl.Float64)
    age = as_of_year - pl.col("year")
    return pl.when(age >= 0).then(pl.lit(0.5).pow(age / HALF_LIFE_YEARS)).otherwise(0.0)


def _author_chunks(standing: pl.DataFrame, chunk_pairs: int) -> Iterator[tuple[int, int]]:
    """Cut rows sorted by author into (offset, length) runs of whole authors, about `chunk_pairs` each."""
    authors = (
        standing.group_by("author", maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("n").cast(pl.Int64).sum().alias("pairs"))
        .with_columns(chunk=(pl.col("pairs").cum_sum() - pl.col("pairs")) // chunk_pairs)
    )
    lengths = authors.group_by("chunk", maintain_order=True).agg(pl.col("rows").sum())
    offset = 0
    for length in lengths["rows"].to_list():
        yield offset, length
        offset += length


def _pairs(authors: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Set each name of `authors` beside every other standing name of its work: one row a pair and work."""
    last = pl.col("first") + pl.col("n")
    spread = authors.with_columns(other=pl.int_ranges("first", last, dtype=pl.UInt32)).explode("other")
    others = members.select("author", "rank", "probability", "stands")[spread["other"]]
    pairs = spread.with_columns(others.select(pl.all().name.suffix("_r"))).filter(
        pl.col("stands_r") & (pl.col("author_r") != pl.col("author"))
    )
    apart = (pl.col("rank").cast(pl.Int64) - pl.col("rank_r").cast(pl.Int64)).abs()
    n = pl.col("n").cast(pl.Int64)
    closeness = pl.coalesce("even_closeness", 1.0 / pl.min_horizontal(apart, n - apart))
    # The product of the probabilities comes first, so that i and j give the same float in either order.
    strength = (pl.col("probability") * pl.col("probability_r")) * (pl.col("dilution") * closeness)
    return pairs.select(
        pair_key("author", "author_r").alias("pair"),
        in_units(strength).alias("strength"),
        in_units(strength * pl.col("decay")).alias("recent_strength"),
        in_units(1.0 / (n - 1)).alias("newman_weight"),
        "year",
    )


def _summed(pairs: pl.DataFrame, author_ids: pl.Series, thresholds: pl.Series, as_of_year: int | None) -> pl.DataFrame:
    """Add up the joint works of each pair and put the ids back."""
    weights = ("newman_weight", "strength", "recent_strength")
    sums = (
        pairs.group_by("pair")
        .agg(
            pl.len().cast(pl.Int64).alias("joint_works"),
            pl.col(weights).sum(),
            pl.col("year").min().alias("first_year"),
            pl.col("year").max().alias("last_year"),
        )
        .sort("pair")
        .with_columns(
            from_units(pl.col(weights)),
            (pl.col("pair") // 2**32).alias("author"),
            (pl.col("pair") % 2**32).alias("collaborator"),
        )
    )
    strength = pl.col("strength") + TOLERANCE
    recent = pl.col("recent_strength") if as_of_year is not None else pl.lit(None, dtype=pl.Float64)
    return sums.with_columns(
        author_ids.gather(sums["author"]).alias("author_id"),
        author_ids.gather(sums["collaborator"]).alias("collaborator_id"),
        recent.alias("recent_strength"),
        (strength >= ESTABLISHED_STRENGTH).alias("is_established"),
        (strength >= thresholds.gather(sums["author"])).alias("is_close"),
    ).select(*COLLABORATORS)


def pair_key(left: str, right: str) -> pl.Expr:
    """Two 32-bit numbers as one 64-bit number that sorts like the pair."""
    return pl.col(left).cast(pl.UInt64) * 2**32 + pl.col(right).cast(pl.UInt64)
