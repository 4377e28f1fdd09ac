"""Ties from the other side are the rows that all authors together give."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.metrics import collaborators, turned_round, with_closeness
from pipeline.metrics.turned import KNOWN

names = st.sampled_from([f"A{n}" for n in range(7)])
worlds = st.lists(st.lists(names, min_size=1, max_size=4, unique=True), min_size=1, max_size=8)


def as_bylines(works, less_sure):
    return pl.DataFrame(
        [
            {
                "work_id": f"w{number:02d}",
                "position": place,
                "author_id": who,
                "family_key": who.lower(),
                "probability": 0.6 if (number, who) in less_sure else 1.0,
                "year": 2020 + number,
            }
            for number, byline in enumerate(works)
            for place, who in enumerate(byline, start=1)
        ]
    )


@settings(max_examples=60, deadline=None)
@given(works=worlds, before=st.sets(st.tuples(st.integers(0, 7), names), max_size=6), renewed=st.sets(names))
def test_what_is_turned_round_are_the_rows_of_the_others(works, before, renewed):
    """Where nothing changed but how sure the renewed authors' names are."""
    now = as_bylines(works, {(number, who) for number, who in before if who not in renewed})
    everything, was = collaborators(now), collaborators(as_bylines(works, before))
    authors = pl.Series(sorted(renewed), dtype=pl.String)
    ours = pl.col("author_id").is_in(authors.implode())
    theirs = everything.filter(~ours, pl.col("collaborator_id").is_in(authors.implode()))
    turned = turned_round(everything.filter(ours), authors, was.select(KNOWN).filter(~ours))
    works_of = now.select("author_id", pl.len().over("work_id").alias("persons"), "probability").filter(~ours)
    assert_frame_equal(with_closeness(turned, works_of), theirs, check_row_order=False)
