"""What one work is worth: byline dilution, ring distance, ties, and sums that no row order can change.

What belongs here: weights that follow from a single byline, and the fixed-point arithmetic to add them up.
What does not: anything about a pair or an author over several works (`collaborators`, `evidence`).

Adding floats gives a last digit that depends on the order of the rows, hence on chunks and threads. Weights
are therefore turned into whole units of 1e-12 before they are summed: integer addition has no order. A sum is
off by at most 5e-13 per work, and comparisons with a threshold allow `TOLERANCE` for it.
"""

from typing import Final

import polars as pl

FULL_CREDIT_NAMES: Final = 11
"""Bylines to this length count in full; 10/(n-1) reaches 1 there."""

LONGEST_BYLINE: Final = 100
"""Longer bylines make no ties. The cut is also OpenAlex's: its lists stop at the hundredth author."""

SHORTEST_ALPHABETICAL_BYLINE: Final = 4
"""Below four names, alphabetical order is likely by chance (one in six for three names)."""

UNITS: Final = 10**12
TOLERANCE: Final = 1e-9


def dilution(n: int) -> float:
    """Weight of one work of n names, lambda(n): 1 to eleven names, then 10/(n-1).

    Source: ten times the 1/(n-1) of Newman (2001), Scientific collaboration networks II.
    """
    return 1.0 if n <= FULL_CREDIT_NAMES else 10 / (n - 1)


def ring_distance(i: int, j: int, n: int) -> int:
    """Steps between places i and j of a byline of n names whose last name stands next to its first."""
    apart = abs(i - j)
    return min(apart, n - apart)


def mean_closeness(n: int) -> float:
    """Mean of 1/ring distance from one name to the n-1 others; n >= 2."""
    return sum(1 / ring_distance(0, place, n) for place in range(1, n)) / (n - 1)


def is_alphabetical(family_keys: list[str | None]) -> bool:
    """Whether a byline's order says nothing: four names or more, sorted by casefolded family key.

    A byline with a name that has no family key is not taken for alphabetical: its order cannot be judged.
    """
    keys = [key.casefold() for key in family_keys if key is not None]
    return len(keys) == len(family_keys) >= SHORTEST_ALPHABETICAL_BYLINE and keys == sorted(keys)


def tie(i: int, j: int, n: int, *, alphabetical: bool) -> float:
    """Tie between places i and j of a byline of n names, 2 <= n <= LONGEST_BYLINE."""
    closeness = mean_closeness(n) if alphabetical else 1 / ring_distance(i, j, n)
    return dilution(n) * closeness


def newman_weight(n: int) -> float:
    """Newman's collaboration weight of one work of n >= 2 names: 1/(n-1)."""
    return 1 / (n - 1)


def diluted(n: pl.Expr) -> pl.Expr:
    """`dilution` as an expression over byline sizes."""
    size = n.cast(pl.Float64)
    return pl.when(size <= FULL_CREDIT_NAMES).then(1.0).otherwise(10.0 / (size - 1.0))


def in_units(weight: pl.Expr) -> pl.Expr:
    """A weight as a whole number of 1e-12, ready for a sum that has no order."""
    return (weight * UNITS).round().cast(pl.Int64)


def from_units(units: pl.Expr) -> pl.Expr:
    """A sum of units as the float nearest to it.

    polars divides by a constant through its reciprocal, which is a digit off for one value in eight; rounding
    puts that right.
    """
    return (units.cast(pl.Float64) / UNITS).round(12)
