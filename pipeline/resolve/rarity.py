"""How rare a name is, and how many people may bear it, from the model's counts.

What belongs here: names and their counts -> numbers per name. What does not: deriving the counts (`counts`),
comparing two names (`name_levels`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.resolve.counts import FLOORS
from pipeline.resolve.printed_names import NameTable

FloatArray = npt.NDArray[np.float32]

_ASSUMED_GROUPS: Final = 2.0
"""Bearers taken for a family and initial that the counts do not hold: fewer than ten mentions are few people."""

_GUESS_AT_ONE_EXPECTED: Final = 2.0
_GUESSES: Final = (0.2, 0.99)
"""A written-out name under the floor: 2 x the square root of its expected mentions, were its parts independent,
kept below the one bearer that the rarest name of the counts has."""


@dataclass(frozen=True, slots=True)
class NameRarity:
    """Numbers per name code, in bits (log2).

    Attributes:
        bearers_initial: log2 of how many people may share family name and first initial.
        bearers_full: log2 of how many people may share family name and first given name; 0 where not written out.
        weight_initial: log2 of mentions in the corpus per mention of this family name and initial.
        weight_full: the same for the written-out name; 0 where not written out.
    """

    bearers_initial: FloatArray
    bearers_full: FloatArray
    weight_initial: FloatArray
    weight_full: FloatArray


def name_rarity(names: NameTable, counts: pl.DataFrame) -> NameRarity:
    """Look up how rare each name is."""
    people = _people(counts)
    block_people, block_mentions = _of_keys(names.blocks, counts, "block")
    full_people, full_mentions = _of_keys(names.fulls, counts, "full")

    def per_name(values: npt.NDArray[np.float64], codes: npt.NDArray[np.int32], absent: float) -> FloatArray:
        return np.append(values, absent)[codes].astype(np.float32)

    return NameRarity(
        bearers_initial=per_name(np.log2(block_people), names.block, 0.0),
        bearers_full=per_name(np.log2(full_people), names.full, 0.0),
        weight_initial=per_name(np.log2(people / block_mentions), names.block, 0.0),
        weight_full=per_name(np.log2(people / full_mentions), names.full, 0.0),
    )


def _people(counts: pl.DataFrame) -> float:
    """Mentions behind the counts."""
    return float(counts.filter(kind="all")["mentions"][0])


def _lookup(counts: pl.DataFrame, kind: str, keys: pl.Series) -> pl.DataFrame:
    """The counts of the keys at hand: few, most times, against hundreds of thousands that are counted."""
    known = counts.filter((pl.col("kind") == kind) & pl.col("key").is_in(keys.unique().implode()))
    return known.select("key", "mentions", "groups")


def _of_keys(
    keys: pl.Series, counts: pl.DataFrame, kind: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """People and mentions of each key; a key under the floor is judged by its parts, as if they were independent."""
    people = _people(counts)
    parts = pl.DataFrame({"key": keys}).with_columns(
        family=pl.col("key").str.extract(r"^(.*)\|"), given=pl.col("key").str.extract(r"\|(.*)$")
    )
    family, given = (_lookup(counts, part, parts[part]) for part in ("family", "given"))
    found = (
        parts.join(_lookup(counts, kind, keys), on="key", how="left", maintain_order="left")
        .join(
            family.select(family="key", family_mentions="mentions"),
            on="family",
            how="left",
            maintain_order="left",
        )
        .join(
            given.select(given="key", given_mentions="mentions"),
            on="given",
            how="left",
            maintain_order="left",
        )
    )
    floor = float(FLOORS[kind])
    expected = (
        pl.col("family_mentions").fill_null(FLOORS["family"] / 2).cast(pl.Float64)
        * pl.col("given_mentions").fill_null(FLOORS["given"] / 2).cast(pl.Float64)
        / people
    )
    guess = (_GUESS_AT_ONE_EXPECTED * expected.sqrt()).clip(*_GUESSES)
    settled = found.select(
        groups=pl.col("groups").cast(pl.Float64).fill_null(guess if kind == "full" else pl.lit(_ASSUMED_GROUPS)),
        mentions=pl.col("mentions").cast(pl.Float64).fill_null(floor / 3),
    )
    return settled["groups"].to_numpy(), settled["mentions"].to_numpy()
