"""Weights of a single byline: dilution, ring distance, alphabetical order, ties."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metrics.weights import (
    diluted,
    dilution,
    from_units,
    in_units,
    is_alphabetical,
    mean_closeness,
    newman_weight,
    ring_distance,
    tie,
)


@pytest.mark.parametrize(("n", "expected"), [(1, 1), (2, 1), (11, 1), (12, 10 / 11), (101, 0.1), (3001, 10 / 3000)])
def test_dilution_is_full_to_eleven_names_then_ten_over_the_others(n: int, expected: float) -> None:
    assert dilution(n) == expected


def test_dilution_expression_agrees_with_the_function() -> None:
    sizes = list(range(1, 400))
    frame = pl.DataFrame({"n": sizes}, schema={"n": pl.UInt32}).select(weight=diluted(pl.col("n")))
    assert frame["weight"].to_list() == [dilution(n) for n in sizes]


@pytest.mark.parametrize(
    ("i", "j", "n", "steps"),
    [(0, 1, 7, 1), (0, 6, 7, 1), (4, 6, 7, 2), (4, 0, 7, 3), (4, 1, 7, 3), (0, 2, 4, 2), (0, 1, 2, 1)],
)
def test_last_name_stands_next_to_the_first(i: int, j: int, n: int, steps: int) -> None:
    assert ring_distance(i, j, n) == ring_distance(j, i, n) == steps


def test_mean_closeness_of_four_names() -> None:
    assert mean_closeness(4) == pytest.approx((1 + 1 / 2 + 1) / 3)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["a", "b", "c"], False),
        (["a", "b", "c", "d"], True),
        (["a", "B", "c", "D"], True),
        (["a", "a", "b", "b"], True),
        (["b", "a", "c", "d"], False),
        (["a", "b", None, "d"], False),
        ([], False),
    ],
    ids=["three", "four", "case", "equal", "unsorted", "unknown", "empty"],
)
def test_alphabetical_needs_four_sorted_known_names(keys: list[str | None], expected: bool) -> None:  # noqa: FBT001
    assert is_alphabetical(keys) is expected


@pytest.mark.parametrize(("n", "adjacent"), [(2, 1.0), (7, 1.0), (11, 1.0), (21, 0.5), (51, 0.2)])
def test_adjacent_tie_of_an_ordered_byline(n: int, adjacent: float) -> None:
    assert tie(0, 1, n, alphabetical=False) == adjacent


def test_three_thousand_alphabetical_names_make_no_tie_worth_naming() -> None:
    pair = tie(0, 1, 3000, alphabetical=True)
    assert pair == pytest.approx(1.75e-5, rel=0.01)
    assert 1000 * pair == pytest.approx(0.018, abs=0.0005)


def test_newman_weight_shares_a_paper_among_the_others() -> None:
    assert [newman_weight(n) for n in (2, 3, 7)] == [1.0, 0.5, pytest.approx(1 / 6)]


@given(st.lists(st.floats(0, 1, allow_subnormal=False), max_size=60), st.randoms())
def test_sums_in_units_have_no_order(weights: list[float], shuffler: object) -> None:
    shuffled = list(weights)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    sums = [
        pl.DataFrame({"w": values}, schema={"w": pl.Float64}).select(from_units(in_units(pl.col("w")).sum())).item()
        for values in (weights, shuffled)
    ]
    assert sums[0] == sums[1]
    assert sums[0] == pytest.approx(sum(weights), abs=1e-10)
