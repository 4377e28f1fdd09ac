"""From mentions, works and citations to the x of every trust component, one row per author.

What belongs here: counting evidence. What does not: points, tiers and sentences (`trust`, `sentences`),
finding conflicts (`conflicts`).

A work of an author counts once. Its weight is lambda(n) * p: dilution by the byline's persons, times the
probability that the name is theirs (the higher one if they stand on the byline twice). Weights are summed in
whole units, so the order of the rows changes nothing.
"""

from collections.abc import Collection
from typing import Final

import polars as pl

from pipeline.metrics.orcid import leading_orcids
from pipeline.metrics.schemas import (
    CITATIONS,
    CLAIMS,
    COMPONENT_NAMES,
    EVIDENCE,
    EVIDENCE_DETAILS,
    EVIDENCE_IDS_SHOWN,
    MENTIONS,
    OPEN_CONFLICTS,
    TIES,
    WORKS,
    MetricsInputError,
    conform,
)
from pipeline.metrics.weights import diluted, from_units, in_units

LIKELY: Final = 0.5
"""A work dates a record only if the name is more likely theirs than not."""

DAYS_PER_YEAR: Final = 365.25


def evidence(
    mentions: pl.DataFrame | pl.LazyFrame,
    works: pl.DataFrame | pl.LazyFrame,
    conflicts: pl.DataFrame,
    *,
    citations: pl.DataFrame | pl.LazyFrame | None = None,
    cited: pl.DataFrame | None = None,
    ties: pl.DataFrame | pl.LazyFrame | None = None,
    claims: pl.DataFrame | None = None,
    signed_in: pl.DataFrame | None = None,
    non_persons: Collection[str] = (),
    not_loaded: Collection[str] = (),
) -> pl.DataFrame:
    """Count what speaks for each author's record.

    Args:
        mentions: `schemas.MENTIONS`, any order; every author in it gets a row.
        works: `schemas.WORKS`, one row per work, with every work of `mentions`.
        conflicts: `schemas.OPEN_CONFLICTS`, as `conflicts.open_conflicts` gives them.
        citations: `schemas.CITATIONS`; None if no source of references was loaded, or `cited` is given.
        cited: `work_id` of the works that others cite, as `independently_cited` gives them, for a caller who has the
            mentions of a part of the authors only.
        ties: `schemas.TIES`; None if collaborators were not worked out.
        claims: `schemas.CLAIMS`, authors without a row have none; None if claims were not loaded.
        signed_in: `schemas.SIGNED_IN`, the ORCID iDs of people's own claims; None is none.
        non_persons: Ids of authors that are collaborations or placeholders.
        not_loaded: Further components whose source was not loaded, such as "affiliation".

    Returns:
        `schemas.EVIDENCE` and `schemas.EVIDENCE_DETAILS`, one row per author, sorted by author_id.

    Raises:
        MetricsInputError: A work of a mention is missing or twice in works, or not_loaded names no component.
    """
    unknown = sorted(set(not_loaded) - set(COMPONENT_NAMES))
    if unknown:
        raise MetricsInputError(f"not_loaded names {unknown[0]!r}; use one of {', '.join(COMPONENT_NAMES)}.")
    authorships = weighted_authorships(mentions, works)
    absent = set(not_loaded)
    absent |= {
        name
        for name, frame in (("citations", citations if cited is None else cited), ("ties", ties), ("claim", claims))
        if frame is None
    }
    counts = [
        leading_orcids(mentions, signed_in=signed_in).rename(
            {"supporting_works": "orcid_supporting", "contradicting_works": "orcid_contradicting"}
        ),
        affiliated_works(authorships),
        confirmed_works(authorships),
        listed_works(authorships),
        history(authorships),
        conflict_counts(conflicts),
    ]
    if cited is not None:
        counts.append(cited_works(authorships, cited))
    elif citations is not None:
        counts.append(
            cited_works(authorships, independently_cited(confirmed_only(citations, authorships), authorships))
        )
    if ties is not None:
        counts.append(established_ties(ties))
    if claims is not None:
        counts.append(conform(claims, CLAIMS, name="claims").collect())
    authors = authorships.select(pl.col("author_id").unique())
    for count in counts:
        authors = authors.join(count, on="author_id", how="left")
    return _complete(authors, non_persons, absent)


def weighted_authorships(mentions: pl.DataFrame | pl.LazyFrame, works: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Bring mentions and works together.

    Returns:
        One row per author and work, sorted by (author_id, work_id): author_id, work_id, probability, weight
        (lambda times p, in units of `weights.UNITS`), has_ror_institution, first_submitted_on (may be null),
        is_confirmed.
    """
    rows = conform(mentions, MENTIONS, name="mentions", required=("author_id", "work_id", "probability"))
    known = conform(works, WORKS, name="works", required=("work_id", "byline_size"))
    authorships = (
        rows.group_by("author_id", "work_id")
        .agg(pl.col("probability").max(), pl.col("has_ror_institution").fill_null(value=False).any())
        .join(known, on="work_id", how="left")
        .sort("author_id", "work_id")
        .collect()
    )
    _check(authorships)
    return authorships.select(
        "author_id",
        "work_id",
        "probability",
        in_units(diluted(pl.col("byline_size")) * pl.col("probability")).alias("weight"),
        "has_ror_institution",
        "first_submitted_on",
        pl.col("is_confirmed").fill_null(value=False),
    )


def affiliated_works(authorships: pl.DataFrame) -> pl.DataFrame:
    """Count confirmed works that carry a ROR institution: author_id, affiliation_x, affiliation_ids."""
    works = authorships.filter("is_confirmed", "has_ror_institution")
    return _by_author(works, "affiliation", pl.len().cast(pl.Float64))


def confirmed_works(authorships: pl.DataFrame) -> pl.DataFrame:
    """Weigh the works that a second source confirms: author_id, sources_x, sources_ids."""
    return _by_author(authorships.filter("is_confirmed"), "sources", _summed_weight())


def listed_works(authorships: pl.DataFrame) -> pl.DataFrame:
    """Weigh all works: author_id, works_x, works_ids."""
    return _by_author(authorships, "works", _summed_weight())


def confirmed_only(citations: pl.DataFrame | pl.LazyFrame, authorships: pl.DataFrame) -> pl.DataFrame:
    """Keep the citations by confirmed works."""
    confirmed = authorships.lazy().filter("is_confirmed").select(pl.col("work_id").unique())
    rows = conform(citations, CITATIONS, name="citations")
    return rows.join(confirmed, left_on="citing_work_id", right_on="work_id", how="semi").collect()


def independently_cited(citations: pl.DataFrame, bylines: pl.DataFrame) -> pl.DataFrame:
    """Find the works that a work without an author in common cites: `work_id`, sorted.

    A citing work none of whose authors is known cannot be told from a self-citation and does not count.

    Args:
        citations: `schemas.CITATIONS`, by works that count.
        bylines: `work_id, author_id` of all authors of both works of every citation.
    """
    byline = bylines.lazy().select("work_id", "author_id").unique()
    references = (
        citations.lazy()
        .unique()
        .join(byline, left_on="citing_work_id", right_on="work_id", how="semi")
        .join(byline, left_on="cited_work_id", right_on="work_id", how="semi")
        .collect()
    )
    own = (
        references.lazy()
        .join(byline, left_on="citing_work_id", right_on="work_id")
        .join(byline, left_on=["cited_work_id", "author_id"], right_on=["work_id", "author_id"], how="semi")
        .select("citing_work_id", "cited_work_id")
        .collect()
    )
    independent = references.join(own, on=["citing_work_id", "cited_work_id"], how="anti")
    return independent.select(pl.col("cited_work_id").unique().sort().alias("work_id"))


def cited_works(authorships: pl.DataFrame, cited: pl.DataFrame) -> pl.DataFrame:
    """Weigh the works that others cite: author_id, citations_x, citations_ids."""
    works = authorships.join(cited, on="work_id", how="semi", maintain_order="left")
    return _by_author(works, "citations", _summed_weight())


def history(authorships: pl.DataFrame) -> pl.DataFrame:
    """Measure the years from first to last work: author_id, history_x, history_ids (the two works).

    Years are days / 365.25, not calendar years: two works of one week in December and January are no year
    apart. Works of p < 1/2 and works without a date do not count; one dated work gives 0.
    """
    dated = authorships.filter(pl.col("first_submitted_on").is_not_null() & (pl.col("probability") >= LIKELY))
    days = (pl.col("first_submitted_on").last() - pl.col("first_submitted_on").first()).dt.total_days()
    return (
        dated.sort("author_id", "first_submitted_on", "work_id")
        .group_by("author_id", maintain_order=True)
        .agg(
            (days / DAYS_PER_YEAR).alias("history_x"),
            pl.concat_list(pl.col("work_id").first(), pl.col("work_id").last()).first().alias("history_ids"),
        )
        .filter(pl.col("history_x") > 0)
    )


def established_ties(ties: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Count established ties: author_id, ties_x, ties_ids (collaborators)."""
    established = conform(ties, TIES, name="ties").filter("is_established").sort("author_id", "collaborator_id")
    return _by_author(established.collect(), "ties", pl.len().cast(pl.Float64), shown="collaborator_id")


def conflict_counts(conflicts: pl.DataFrame) -> pl.DataFrame:
    """Count open conflicts: author_id, conflicts, conflict_discount_ids (`conflict:subject` of a row)."""
    rows = conform(conflicts, OPEN_CONFLICTS, name="conflicts").sort("author_id", "conflict", "subject").collect()
    named = rows.with_columns(pl.concat_str("conflict", "subject", separator=":").alias("name"))
    return named.group_by("author_id", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("conflicts"),
        pl.col("name").head(EVIDENCE_IDS_SHOWN).alias("conflict_discount_ids"),
    )


def _by_author(rows: pl.DataFrame, component: str, x: pl.Expr, *, shown: str = "work_id") -> pl.DataFrame:
    """Aggregate rows sorted by (author_id, shown)."""
    return rows.group_by("author_id", maintain_order=True).agg(
        x.alias(f"{component}_x"), pl.col(shown).head(EVIDENCE_IDS_SHOWN).alias(f"{component}_ids")
    )


def _summed_weight() -> pl.Expr:
    return from_units(pl.col("weight").sum())


def _check(authorships: pl.DataFrame) -> None:
    """Raise unless each row, sorted by (author_id, work_id), has exactly one work with a byline."""
    lost = authorships.filter(pl.col("byline_size").is_null() | (pl.col("byline_size") < 1))
    if lost.height:
        raise MetricsInputError(
            f"mentions has a name on {lost['work_id'][0]}, for which works has no row with a byline of 1 or "
            "more; give every work one."
        )
    twice = authorships.filter(
        (pl.col("work_id") == pl.col("work_id").shift(1)) & (pl.col("author_id") == pl.col("author_id").shift(1))
    )
    if twice.height:
        raise MetricsInputError(f"works has {twice['work_id'][0]} twice; give one row per work.")


def _complete(authors: pl.DataFrame, non_persons: Collection[str], absent: Collection[str]) -> pl.DataFrame:
    """Fill in every column of the result."""
    schema = {**EVIDENCE, **EVIDENCE_DETAILS}
    missing = {column: dtype for column, dtype in schema.items() if column not in authors.columns}
    ids = [column for column in schema if column.endswith("_ids")]
    numbers = [column for column in EVIDENCE if column not in ("author_id", "is_person", "claim")]
    groups = pl.Series(sorted(non_persons), dtype=pl.String)
    return (
        authors.with_columns(pl.lit(None, dtype=dtype).alias(column) for column, dtype in missing.items())
        .with_columns(
            (~pl.col("author_id").is_in(groups.implode())).alias("is_person"),
            pl.col("claim").fill_null("none"),
            pl.col(numbers).fill_null(0),
            pl.col(ids).fill_null([]),
            *(pl.lit(name not in absent).alias(f"{name}_loaded") for name in COMPONENT_NAMES),
        )
        .select(pl.col(column).cast(dtype) for column, dtype in schema.items())
        .sort("author_id")
    )
