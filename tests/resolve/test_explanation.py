"""Why two mentions are one or two: the waterfall adds up and agrees with the run."""

import pytest

from pipeline.resolve import ResolverInputError, explain, resolve
from pipeline.resolve.schemas import COMPARISONS


def test_bits_add_up_to_the_stored_weight(tables, papers):
    mentions, works = tables(papers)
    resolution = resolve(mentions, works)
    for link in resolution.links.to_pylist():
        told = explain(mentions, works, link["mention_id_l"], link["mention_id_r"], clusters=resolution.clusters)
        assert tuple(reason.comparison for reason in told.reasons) == COMPARISONS
        assert sum(reason.bits for reason in told.reasons) == pytest.approx(told.match_weight, abs=1e-9)
        assert told.match_weight == pytest.approx(link["match_weight"], abs=1e-5)
        for reason in told.reasons:
            assert reason.bits == pytest.approx(link[f"{reason.comparison}_weight"], abs=1e-6)
        assert told.same_author is True


def test_both_orders_say_the_same(tables, papers):
    mentions, works = tables(papers)
    one, other = explain(mentions, works, "p1#1", "p3#2"), explain(mentions, works, "p3#2", "p1#1")
    assert [(r.level, r.bits) for r in one.reasons] == [(r.level, r.bits) for r in other.reasons]


def test_shared_coauthors_are_named(tables, papers):
    told = explain(*tables(papers), "p1#1", "p2#1")
    coauthors = next(reason for reason in told.reasons if reason.comparison == "coauthors")
    assert coauthors.shared == ("grunwaldxu, o",)
    assert coauthors.bits > 3


@pytest.mark.parametrize(
    ("left", "right", "constraint"),
    [
        ("p1#1", "p1#2", "same work"),
        ("p6#1", "p1#1", "not a person's name"),
        ("p1#1", "p3#1", "other block"),
        ("p1#1", "p5#1", None),
    ],
)
def test_constraints_are_named(tables, papers, left, right, constraint):
    told = explain(*tables(papers), left, right)
    assert told.constraint == constraint
    assert told.decided_by == {None: "score", "same work": "same work"}.get(constraint, "name")


@pytest.mark.parametrize(("left", "right"), [("p1#1", "gone"), ("p1#1", "p1#1")])
def test_unknown_or_same_mention_is_refused(tables, papers, left, right):
    with pytest.raises(ResolverInputError, match=r"gone|itself"):
        explain(*tables(papers), left, right)
