"""People near a paper: the sums of ties as one would add them by hand, in places, whatever the order of the rows."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.metrics import near_people
from pipeline.metrics.near import FIRST_AUTHORS, PLACES

people = st.sampled_from([f"A{n:02d}" for n in range(16)])
bylines = st.dictionaries(st.sampled_from(["w1", "w2", "w3"]), st.lists(people, min_size=1, max_size=4, unique=True))
ties = st.dictionaries(
    st.tuples(people, people).filter(lambda pair: pair[0] != pair[1]),
    st.sampled_from([0.5, 1.0, 1.0, 1.75, 2.25]),
    max_size=60,
)


def as_frames(bylines, ties, start=1):
    authors = [(work, who, place) for work, names in bylines.items() for place, who in enumerate(names, start)]
    rows = [(a, b, strength) for (a, b), strength in ties.items()]
    return (
        pl.DataFrame(authors, schema=["work_id", "author_id", "position"], orient="row"),
        pl.DataFrame(
            rows,
            schema={"author_id": pl.String, "collaborator_id": pl.String, "strength": pl.Float64},
            orient="row",
        ),
    )


def by_hand(bylines, ties):
    rows = []
    for work, names in sorted(bylines.items()):
        found = {}
        for (author, other), strength in ties.items():
            if author in names and other not in names:
                found.setdefault(other, []).append((strength, author))
        placed = sorted(found.items(), key=lambda one: (-sum(strength for strength, _ in one[1]), one[0]))[:PLACES]
        for place, (other, near) in enumerate(placed, start=1):
            rows.append((work, other, max(near)[1], sum(strength for strength, _ in near), len(near), place))
    return rows


@settings(max_examples=60, deadline=None)
@given(bylines=bylines.filter(bool), ties=ties, seed=st.integers(0, 9))
def test_near_people_are_those_added_by_hand(bylines, ties, seed):
    authors, rows = as_frames(bylines, ties)
    shuffled = near_people(authors.sample(fraction=1, shuffle=True, seed=seed), rows.sample(fraction=1, shuffle=True))
    assert shuffled.rows() == by_hand(bylines, ties)


def test_the_ties_of_late_authors_do_not_count_but_they_are_on_the_paper():
    ties = {("A01", "A05"): 1.0, ("A02", "A06"): 1.0, ("A01", "A02"): 2.0}
    first, late = as_frames({"w1": ["A01"]}, ties)[0], as_frames({"w1": ["A02"]}, ties, start=FIRST_AUTHORS + 1)[0]
    found = near_people(pl.concat([first, late]), as_frames({}, ties)[1])
    assert found.select("collaborator_id", "author_id").rows() == [("A05", "A01")]
