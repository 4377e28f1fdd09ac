"""The trust score of a person's record: a sum of reasons, model version trust-1.

What belongs here: the components and their maxima, the points of each, tiers and levels. What does not: where
the x of a component comes from (`evidence`, `conflicts`), how a reason is worded (`sentences`).

The score says how well the evidence supports that a record is one real, rightly identified person whose
listed works are theirs. It says nothing about how good the works are.

points(component) = max * x / (x + k); score = claim + (sum of the points) / (1 + open conflicts). Maxima are
chosen so that each tier boundary is a cap: 32 is all that one's own uploads can reach, 60 all that is
possible without an identifier or a claim, 80 all without both. Nothing reads the clock.

Points are exact: x is kept to nine decimals and the half-up rounding to 0.01 is done in whole numbers, so
that the result is that of decimal arithmetic on the x shown, on every machine. From x = 1,000,000 every
component is at its maximum after rounding, and x is cut there for the arithmetic.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from pipeline.metrics.schemas import (
    COMPONENT_NAMES,
    EVIDENCE,
    EVIDENCE_DETAILS,
    POINTS,
    TRUST_REASONS,
    TRUST_SCORES,
    MetricsInputError,
    conform,
)
from pipeline.metrics.sentences import sentence

MODEL_VERSION: Final = "trust-1"

CLAIM_POINTS: Final = {
    "none": 0,
    "pending": 0,
    "rejected": 0,
    "approved": 10,
    "approved_email": 15,
    "orcid_authenticated": 20,
}

TIERS: Final = ((80, "Verified"), (60, "Identified"), (32, "Corroborated"), (-1, "Unverified"))
"""A tier holds the scores above its number."""

CHUNK_AUTHORS: Final = 50_000

UNCONTESTED_ORCID_WORKS: Final = 2
_SATURATED_X: Final = 1_000_000
_X_UNITS: Final = 10**9


class Kind(StrEnum):
    """Who can make a component's evidence."""

    CLAIM = "claim"
    IDENTITY = "identity"
    OUTSIDE = "outside"
    SELF = "self"
    CONFLICT = "conflict"


class Status(StrEnum):
    """Whether a component counted anything, and if not, whether its source was there to count."""

    FOUND = "found"
    NONE = "none"
    NOT_LOADED = "not_loaded"


@dataclass(frozen=True, slots=True)
class Component:
    """One row of the reasons.

    Attributes:
        name: The component.
        max: The points it never passes; None for the discount, which only takes.
        k: The x that earns half of max; None where points do not follow from max and k.
        kind: Who can make its evidence.
    """

    name: str
    max: int | None
    k: int | None
    kind: Kind


COMPONENTS: Final = (
    Component("claim", 20, None, Kind.CLAIM),
    Component("orcid", 20, 1, Kind.IDENTITY),
    Component("affiliation", 10, 2, Kind.OUTSIDE),
    Component("sources", 12, 3, Kind.OUTSIDE),
    Component("citations", 6, 5, Kind.OUTSIDE),
    Component("works", 12, 1, Kind.SELF),
    Component("history", 10, 5, Kind.SELF),
    Component("ties", 10, 4, Kind.SELF),
    Component("conflict_discount", None, None, Kind.CONFLICT),
)
"""Every component, in the order that reasons are given."""

_SATURATING: Final = tuple((c.name, c.max, c.k) for c in COMPONENTS if c.max is not None and c.k is not None)


_NUMBERS: Final = [column for column in EVIDENCE if column not in ("author_id", "is_person", "claim")]


def trust_reasons(evidence: pl.DataFrame) -> pl.DataFrame:
    """Say what each component adds to an author's score, and why.

    Args:
        evidence: `schemas.EVIDENCE`, one row per author, any order, with any of `schemas.EVIDENCE_DETAILS`. A
            record that is no person (a collaboration or placeholder) counts nothing.

    Returns:
        `schemas.TRUST_REASONS`, one row per author and component, sorted by author_id, then in the order of
        `COMPONENTS`. The points of an author sum to the score before it is rounded to a whole number.

    Raises:
        MetricsInputError: An author twice, a claim status that does not exist, an x that is negative or no
        number,
            or an x of a component that says it was not loaded.
    """
    batches = list(trust_reason_batches(evidence))
    return pl.concat(batches) if batches else pl.DataFrame(schema=TRUST_REASONS)


def trust_reason_batches(evidence: pl.DataFrame, *, chunk_authors: int = CHUNK_AUTHORS) -> Iterator[pl.DataFrame]:
    """Give the rows of `trust_reasons` in order, whole authors at a time, for a caller that writes on."""
    authors = _complete(evidence).sort("author_id")
    _check(authors)
    for chunk in authors.iter_slices(chunk_authors):
        yield _stacked(_pointed(chunk))


def trust_scores(reasons: pl.DataFrame) -> pl.DataFrame:
    """Add the reasons up to a score, its tier, the kind of evidence (level) and the score's ceiling.

    Args:
        reasons: `schemas.TRUST_REASONS`, all components of each author, any order.

    Returns:
        `schemas.TRUST_SCORES`, sorted by author_id. trust_score is 0 to 100; score_ceiling is the sum of the
        maxima of components whose source was loaded.

    Raises:
        MetricsInputError: An author lacks a component or has one twice.
    """
    rows = conform(reasons, TRUST_REASONS, name="reasons")

    def x_of(component: str) -> pl.Expr:
        return pl.when(pl.col("component") == component).then("x").otherwise(0.0).sum().alias(component)

    loaded_max = pl.when(pl.col("status") != Status.NOT_LOADED.value).then(pl.col("max")).sum()
    totals = (
        rows.group_by("author_id")
        .agg(
            pl.col("points").sum().cast(pl.Decimal(18, 2)).alias("points"),
            loaded_max.alias("score_ceiling"),
            *(x_of(name) for name in ("claim", "orcid", "sources", "works", "conflict_discount")),
            pl.len().alias("rows"),
            pl.col("component").n_unique().alias("components"),
        )
        .sort("author_id")
        .collect()
    )
    _check_complete(totals)
    cents = (pl.col("points") * 100).cast(pl.Int64)
    return totals.with_columns(
        trust_score=(cents + 50) // 100,
        verification_level=_level(),
        model_version=pl.lit(MODEL_VERSION),
    ).select("author_id", "trust_score", _tier(), *list(TRUST_SCORES)[3:])


def _complete(evidence: pl.DataFrame) -> pl.DataFrame:
    """Give every author every column of `EVIDENCE` and `EVIDENCE_DETAILS`, without nulls."""
    present = {column: dtype for column, dtype in EVIDENCE_DETAILS.items() if column in evidence.columns}
    absent = {column: dtype for column, dtype in EVIDENCE_DETAILS.items() if column not in evidence.columns}
    rows = conform(evidence, {**EVIDENCE, **present}, name="evidence", required=("author_id",))
    return (
        rows.with_columns(pl.lit(None, dtype=dtype).alias(column) for column, dtype in absent.items())
        .with_columns(
            pl.col("is_person").fill_null(value=True),
            pl.col("claim").fill_null("none"),
            pl.col(_NUMBERS).fill_null(0),
            pl.col([f"{name}_loaded" for name in COMPONENT_NAMES]).fill_null(value=True),
            pl.col([f"{name}_ids" for name in COMPONENT_NAMES]).fill_null([]),
        )
        .collect()
    )


def _check(authors: pl.DataFrame) -> None:
    """Raise for evidence that cannot be; needs rows sorted by author_id."""
    twice = authors.filter(pl.col("author_id") == pl.col("author_id").shift(1))
    if twice.height:
        raise MetricsInputError(f"evidence has {twice['author_id'][0]} twice; give one row per author.")
    unknown = authors.filter(~pl.col("claim").is_in(list(CLAIM_POINTS)))
    if unknown.height:
        author_id, claim = unknown.select("author_id", "claim").row(0)
        known = ", ".join(CLAIM_POINTS)
        raise MetricsInputError(f"evidence gives {author_id} the claim status {claim!r}; use one of {known}.")
    for column in _NUMBERS:
        number = pl.col(column).cast(pl.Float64)
        wrong = authors.filter(~(number.is_finite() & (number >= 0)))
        if wrong.height:
            author_id, x = wrong.select("author_id", column).row(0)
            raise MetricsInputError(f"evidence gives {author_id} {column} {x}; give a finite number of 0 or more.")
    for component in COMPONENTS:
        wrong = authors.filter((_x(component.name) > 0) & ~pl.col(f"{component.name}_loaded"))
        if wrong.height:
            author_id = wrong["author_id"][0]
            raise MetricsInputError(
                f"evidence gives {author_id} {component.name} though {component.name}_loaded is false; "
                "leave one of the two out."
            )


def _x(component: str) -> pl.Expr:
    """What a component counts, before it is known whether the record is a person."""
    match component:
        case "claim":
            return pl.col("claim").replace_strict(CLAIM_POINTS, return_dtype=pl.Float64)
        case "orcid":
            net = pl.col("orcid_supporting") - pl.col("orcid_contradicting")
            return net.clip(lower_bound=0).cast(pl.Float64)
        case "conflict_discount":
            return pl.col("conflicts").cast(pl.Float64)
        case _:
            return pl.col(f"{component}_x").round(9)


def _pointed(authors: pl.DataFrame) -> pl.DataFrame:
    """Add `<component>_x`, `<component>_cents` and `<component>_status` for every component."""
    xs = [pl.when("is_person").then(_x(c.name)).otherwise(0.0).alias(f"{c.name}_x") for c in COMPONENTS]
    cents = [_saturating_cents(*component).alias(f"{component[0]}_cents") for component in _SATURATING]
    evidence = pl.sum_horizontal(f"{name}_cents" for name, _, _ in _SATURATING)
    return (
        authors.with_columns(xs)
        .with_columns((pl.col("claim_x") * 100).cast(pl.Int64).alias("claim_cents"), *cents)
        .with_columns(_discount_cents(evidence, pl.col("conflict_discount_x")).alias("conflict_discount_cents"))
        .with_columns(_status(c.name).alias(f"{c.name}_status") for c in COMPONENTS)
    )


def _saturating_cents(name: str, maximum: int, k: int) -> pl.Expr:
    """The points in hundredths, rounded half-up; whole numbers up to 4e18, which 64 bits hold."""
    x = (pl.col(f"{name}_x").clip(upper_bound=_SATURATED_X) * _X_UNITS).round().cast(pl.Int64)
    divisor = x + k * _X_UNITS
    return (2 * 100 * maximum * x + divisor) // (2 * divisor)


def _discount_cents(evidence: pl.Expr, conflicts: pl.Expr) -> pl.Expr:
    """What open conflicts take from the evidence: all but one part in (1 + conflicts), which is rounded."""
    parts = 1 + conflicts.cast(pl.Int64)
    return (2 * evidence + parts) // (2 * parts) - evidence


def _status(name: str) -> pl.Expr:
    return (
        pl.when(~pl.col(f"{name}_loaded"))
        .then(pl.lit(Status.NOT_LOADED.value))
        .when(pl.col(f"{name}_x") > 0)
        .then(pl.lit(Status.FOUND.value))
        .otherwise(pl.lit(Status.NONE.value))
    )


def _stacked(authors: pl.DataFrame) -> pl.DataFrame:
    """Turn one wide row per author into one row per component, authors and components in order."""
    stacked = pl.concat(
        authors.select(
            "author_id",
            pl.lit(component.name).alias("component"),
            pl.col(f"{component.name}_x").alias("x"),
            pl.lit(component.max, dtype=pl.Int64).alias("max"),
            pl.lit(component.k, dtype=pl.Int64).alias("k"),
            (pl.col(f"{component.name}_cents") / 100).cast(POINTS).alias("points"),
            pl.col(f"{component.name}_status").alias("status"),
            sentence(component.name).alias("sentence"),
            pl.col(f"{component.name}_ids").alias("evidence_ids"),
            pl.lit(MODEL_VERSION).alias("model_version"),
        )
        for component in COMPONENTS
    )
    # Row r of the result is component r % 9 of author r // 9: a gather by arithmetic, several times faster
    # than a sort.
    row = pl.int_range(stacked.height, dtype=pl.UInt32)
    components = len(COMPONENTS)
    return stacked.select(pl.all().gather((row % components) * authors.height + row // components))


def _check_complete(totals: pl.DataFrame) -> None:
    wrong = totals.filter((pl.col("rows") != len(COMPONENTS)) | (pl.col("components") != len(COMPONENTS)))
    if wrong.height:
        author_id, rows = wrong.select("author_id", "rows").row(0)
        raise MetricsInputError(
            f"reasons has {rows} rows for {author_id}; give each of the {len(COMPONENTS)} components once."
        )


def _tier() -> pl.Expr:
    names = [pl.lit(name) for _, name in TIERS]
    floors = [pl.col("trust_score") > floor for floor, _ in TIERS]
    return pl.coalesce(pl.when(above).then(name) for above, name in zip(floors, names, strict=True)).alias("trust_tier")


def _level() -> pl.Expr:
    """Which kind of evidence there is; a claim stands in spite of conflicts, the other levels do not."""
    uncontested = pl.col("conflict_discount") == 0
    return (
        pl.when(pl.col("claim") == CLAIM_POINTS["orcid_authenticated"])
        .then(pl.lit("L5"))
        .when(pl.col("claim") > 0)
        .then(pl.lit("L4"))
        .when(pl.col("works") <= 0)
        .then(pl.lit("L0"))
        .when(uncontested & (pl.col("orcid") >= UNCONTESTED_ORCID_WORKS))
        .then(pl.lit("L3"))
        .when(uncontested & (pl.col("sources") > 0))
        .then(pl.lit("L2"))
        .otherwise(pl.lit("L1"))
    )
