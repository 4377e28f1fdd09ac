"""The drawn slice: where dots stand and which lines there are."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.network import DRAWN, KINDS, OVAL, ROW, WIDTH, Node, Tie, drawing

IDS = [f"{kind}{n}" for kind in KINDS for n in range(15)]
SLICES = st.lists(st.sampled_from(IDS), unique=True).map(
    lambda ids: [Node(id_, id_.rstrip("0123456789"), f"Label of {id_}") for id_ in ids]
)
TIES = st.lists(
    st.builds(Tie, st.sampled_from(["centre", *IDS[:15]]), st.sampled_from(IDS[:15]), st.floats(0, 100)), max_size=30
)


@given(SLICES, TIES)
def test_dots_stand_apart_inside_the_drawing_and_are_the_nearest_of_their_kind(nodes, ties):
    drawn = drawing("centre", "Centre", nodes, ties)
    assert [
        sorted((dot.number, dot.title) for dot in drawn.dots if dot.kind == kind) for kind in KINDS
    ] == [
        list(enumerate([node.label for node in nodes if node.kind == kind][: DRAWN[kind]], start=1)) for kind in KINDS
    ]  # fmt: skip
    for dot in drawn.dots:
        assert 0 < dot.y < drawn.height
        assert abs(dot.x - WIDTH / 2) <= OVAL
    for left in (True, False):
        heights = sorted(dot.y for dot in drawn.dots if dot.is_left == left)
        assert all(below - above >= ROW - 0.2 for above, below in pairwise(heights))


@given(SLICES, TIES)
def test_same_rows_same_drawing(nodes, ties):
    assert drawing("centre", "Centre", nodes, ties) == drawing("centre", "Centre", nodes, ties)


def test_a_spoke_to_each_dot_and_a_chord_for_each_tie_of_two():
    nodes = [Node(f"A{n}", "person", f"N{n}") for n in range(3)]
    drawn = drawing("c", "C", nodes, [Tie("A0", "A2", 1.0), Tie("A0", "gone", 1.0), Tie("c", "A1", 4.0)])
    assert [line.is_spoke for line in drawn.lines] == [False, True, True, True]
    thick = {line.path: line.thickness for line in drawn.lines if line.is_spoke}
    assert max(thick.values()) == 4.0
    assert sorted(thick.values())[:2] == [0.8, 0.8]


def test_who_is_tied_to_a_neighbour_only_has_no_line_to_the_centre_unless_it_would_have_none():
    nodes = [Node("A0", "person", "N0"), *(Node(f"A{n}", "person", f"N{n}", is_at_centre=False) for n in (1, 2))]
    drawn = drawing("c", "C", nodes, [Tie("A0", "A1", 1.0), Tie("gone", "A2", 1.0)])
    at = {dot.title: f"L{dot.x:.1f} {dot.y:.1f}" for dot in drawn.dots}
    ends = [line.path for line in drawn.lines if line.is_spoke]
    assert [sum(end.endswith(at[name]) for end in ends) for name in ("N0", "N1", "N2")] == [1, 0, 1]


def test_tied_people_stand_next_to_each_other():
    nodes = [Node(f"A{n}", "person", f"N{n}") for n in range(6)]
    drawn = drawing("c", "C", nodes, [Tie("A0", "A5", 1.0), Tie("A1", "A4", 1.0)])
    order = [dot.title for dot in sorted(drawn.dots, key=lambda dot: dot.y)]
    assert abs(order.index("N0") - order.index("N5")) == 1
    assert abs(order.index("N1") - order.index("N4")) == 1


def test_nothing_near_is_an_empty_drawing():
    drawn = drawing("c", "C", [], [])
    assert (drawn.dots, drawn.lines) == ((), ())
