"""Two bylines of one paper, name by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.names import parse_name
from pipeline.normalise.bylines import folded, line_up


def names(*printed):
    parsed = map(parse_name, printed)
    return [folded(name.given, name.family) for name in parsed]


def lined_up(left, right):
    return line_up(names(*left), names(*right))


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        (["Ada Byron", "Wei Zhang"], ["Ada Byron", "Wei Zhang"], {0: 0, 1: 1}),
        (["Ada Byron", "Wei Zhang"], ["Wei Zhang", "Ada Byron"], {0: 1, 1: 0}),
        (["Ada Byron", "Wei Zhang"], ["A. Byron", "Zhang, Wei"], {0: 0, 1: 1}),
        (["José León", "Jürgen Müller"], ["Jose Leon", "Jurgen Muller"], {0: 0, 1: 1}),
        (["Ada Byron", "Wei Zhang", "Mary Somerville"], ["Mary Somerville"], {2: 0}),
        (["Ada Byron"], ["Mary Somerville", "Ada Byron"], {0: 1}),
        (["Ada Byron"], ["Isaac Newton"], {}),
        ([], ["Ada Byron"], {}),
        (["Ada Byron"], [], {}),
        (["Wei Zhang", "Ada Byron", "Wei Zhang"], ["Wei Zhang", "Ada Byron", "Wei Zhang"], {0: 0, 1: 1, 2: 2}),
        (["W. Zhang", "Wei Zhang"], ["Wei Zhang", "W. Zhang"], {0: 1, 1: 0}),
        (["Ada Byron", "Wei Zhang"], ["Ada King-Byron", "Wei Zhang"], {0: 0, 1: 1}),
    ],
    ids=[
        "equal", "other order", "initials and inversion", "accents", "cut", "longer", "strangers", "nothing left",
        "nothing right", "namesakes keep their places", "initials go to initials", "changed family name",
    ],
)  # fmt: skip
def test_names_that_stand_for_each_other(left, right, pairs):
    assert lined_up(left, right) == pairs


PRINTED = st.lists(
    st.sampled_from(["Ada Byron", "A. Byron", "Wei Zhang", "W. Zhang", "Mary Somerville", "M. Fairfax"]), max_size=6
)


@given(PRINTED, PRINTED)
def test_one_to_one_within_both_bylines(left, right):
    pairs = lined_up(left, right)
    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs) <= set(range(len(left)))
    assert set(pairs.values()) <= set(range(len(right)))


@given(PRINTED)
def test_a_byline_lines_up_with_itself(byline):
    assert lined_up(byline, byline) == {place: place for place in range(len(byline))}


@given(PRINTED, PRINTED)
def test_equal_names_are_never_left_alone_together(left, right):
    pairs = lined_up(left, right)
    alone_l = {name for place, name in enumerate(left) if place not in pairs}
    alone_r = {name for place, name in enumerate(right) if place not in pairs.values()}
    assert not alone_l & alone_r
