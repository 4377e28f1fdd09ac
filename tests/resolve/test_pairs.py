"""The flat layout of pairs, and overlaps of bags against plain matrix products."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.resolve import pairs
from pipeline.resolve.bags import bags_of
from pipeline.resolve.pairs import overlap, pair_space, products

sizes = st.lists(st.integers(1, 6), max_size=6)


@settings(deadline=None)
@given(sizes)
def test_every_pair_of_a_unit_once_in_condensed_order(units):
    space = pair_space(np.array(units, dtype=np.int64))
    expected, row = [], 0
    for size in units:
        expected += [(row + a, row + b) for a in range(size) for b in range(a + 1, size)]
        row += size
    assert list(zip(space.left.tolist(), space.right.tolist(), strict=True)) == expected
    assert space.place(space.left.astype(np.int64), space.right).tolist() == list(range(len(expected)))


@settings(deadline=None)
@given(sizes, st.integers(0, 2**32 - 1))
def test_overlap_is_the_dot_product_inside_units(units, seed):
    chooser = np.random.default_rng(seed)
    space = pair_space(np.array(units, dtype=np.int64))
    dense = np.where(chooser.random((space.rows, 7)) < 0.4, chooser.random((space.rows, 7)), 0.0).astype(np.float32)
    row, code = np.nonzero(dense)
    bags = bags_of(row, code.astype(np.int32), dense[row, code], space.rows, 7, normed=False)
    found = overlap(space, bags, np.arange(space.rows))
    assert np.allclose(found, (dense @ dense.T)[space.left, space.right], atol=1e-5)


@settings(deadline=None)
@given(sizes, st.integers(1, 7), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_products_are_the_dot_products_inside_units(units, matrix_rows, tile, seed):
    space = pair_space(np.array(units, dtype=np.int64))
    vectors = np.random.default_rng(seed).integers(-127, 128, (space.rows, 64)).astype(np.int8)
    whole = vectors.astype(np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "_MATRIX_ROWS", matrix_rows)
        patch.setattr(pairs, "_TILE", tile)
        found = products(space, vectors)
    assert found.tolist() == (whole @ whole.T)[space.left, space.right].tolist()


def test_overlap_leaves_out_a_rows_own_kind():
    space = pair_space(np.array([2]))
    bags = bags_of(
        np.array([0, 0, 1, 1]),
        np.array([0, 1, 0, 1], dtype=np.int32),
        np.ones(4, dtype=np.float32),
        2,
        2,
        normed=False,
    )
    own = np.array([0, 0], dtype=np.int32)
    assert overlap(space, bags, np.array([0, 1]), (np.arange(2, dtype=np.int32), own)).tolist() == [1.0]


def test_normed_bags_have_cosine_one_with_themselves():
    bags = bags_of(
        np.array([0, 0, 1, 1]),
        np.array([0, 1, 0, 1], dtype=np.int32),
        np.array([3, 4, 3, 4], dtype=np.float32),
        2,
        2,
        normed=True,
    )
    assert np.allclose(overlap(pair_space(np.array([2])), bags, np.array([0, 1])), 1.0)
