"""Agglomeration against a slow oracle, and its constraints."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.resolve.clustering import cluster_pairs
from pipeline.resolve.pairs import pair_space

EXPONENT = 0.4


def clustered(sizes, bits, together=None, apart=None, threshold=0.0):
    space = pair_space(np.array(sizes))
    nothing = np.zeros(space.count, dtype=bool)
    return cluster_pairs(
        space,
        np.array(bits, dtype=np.float32),
        together=nothing if together is None else np.array(together),
        apart=nothing if apart is None else np.array(apart),
        threshold=threshold,
        exponent=EXPONENT,
    ).tolist()


def slow_oracle(size, bits, apart):
    """Merge the best pair of clusters until none scores the threshold of 0 bits."""
    space = pair_space(np.array([size]))
    closeness = np.zeros((size, size))
    barred = np.zeros((size, size), dtype=bool)
    closeness[space.left, space.right] = closeness[space.right, space.left] = np.exp2(EXPONENT * np.array(bits))
    barred[space.left, space.right] = barred[space.right, space.left] = apart
    clusters = [[row] for row in range(size)]
    while True:
        scored = [
            (closeness[np.ix_(a, b)].mean(), -a[0], -b[0], a, b)
            for k, a in enumerate(clusters)
            for b in clusters[k + 1 :]
            if not barred[np.ix_(a, b)].any()
        ]
        best = max(scored, key=lambda entry: entry[:3], default=None)
        if best is None or best[0] < 1.0:
            return clusters
        clusters = sorted([c for c in clusters if c is not best[3] and c is not best[4]] + [sorted(best[3] + best[4])])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_agrees_with_the_slow_oracle(data):
    size = data.draw(st.integers(2, 8))
    pairs = size * (size - 1) // 2
    # Distinct weights: with ties, more than one order of merging is right.
    bits = data.draw(st.permutations([round(-12 + 24 * k / pairs, 3) for k in range(pairs)]))
    apart = data.draw(st.lists(st.booleans(), min_size=pairs, max_size=pairs))
    anchor = clustered([size], bits, apart=apart)
    found = sorted([row for row in range(size) if anchor[row] == first] for first in set(anchor))
    assert found == sorted(slow_oracle(size, bits, np.array(apart)))


def test_one_false_pair_does_not_chain_two_people():
    size = 6
    space = pair_space(np.array([size]))
    bits = np.where((space.left < 3) == (space.right < 3), 8.0, -8.0)
    bits[space.place(np.array([2]), np.array([3]))] = 6.0
    assert clustered([size], bits) == [0, 0, 0, 3, 3, 3]


def test_units_do_not_touch():
    assert clustered([2, 2], [5.0, -5.0]) == [0, 0, 2, 3]


@pytest.mark.parametrize("bits", [-30.0, 5.0], ids=["against", "for"])
def test_together_joins_and_apart_parts_whatever_the_bits(bits):
    assert clustered([2], [bits], together=[True]) == [0, 0]
    assert clustered([2], [bits], apart=[True]) == [0, 1]


def test_joined_rows_keep_away_whom_one_of_them_must_not_meet():
    # 0 and 1 are held together, 1 and 2 apart: 2 stays out although 0 would have it.
    assert clustered([3], [-9.0, 20.0, 20.0], together=[True, False, False], apart=[False, False, True]) == [
        0,
        0,
        2,
    ]


def test_no_rows():
    assert clustered([], []) == []
