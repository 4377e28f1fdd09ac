"""Calibration of links and decisions that hold, against hand-counted ones."""

import pyarrow as pa
import pytest

from pipeline.resolve import shipped_model
from pipeline.resolve.evaluation import calibration, held_decisions

GOLD = pa.table({"mention_id": list("abcdx"), "gold_author": ["1", "1", "2", "2", None]})


def links(*rows):
    left, right, bits = zip(*rows, strict=True)
    return pa.table(
        {"mention_id_l": list(left), "mention_id_r": list(right), "match_weight": pa.array(bits, pa.float64())}
    )


def as_dict(frame):
    return {(slice_, metric): value for slice_, metric, value in frame.rows()}


def test_a_bin_holds_its_links_and_the_share_that_is_right():
    found = as_dict(calibration(GOLD, links(("a", "b", 30.0), ("b", "c", 30.0), ("c", "d", 13.0))))
    assert found[("match weight from 24", "links")] == 2
    assert found[("match weight from 24", "observed")] == 0.5
    assert found[("match weight 12 to 16", "observed")] == 1.0
    assert found[("probability 0.9 to 1.0", "links")] == 3
    assert found[("probability 0.9 to 1.0", "observed")] == pytest.approx(2 / 3)
    predicted = shipped_model().probabilities(pa.array([30.0, 30.0, 13.0]).to_numpy())
    assert found[("probability 0.9 to 1.0", "predicted")] == pytest.approx(predicted.mean())


def test_a_bound_belongs_to_the_bin_above_and_what_is_below_zero_has_one():
    found = as_dict(calibration(GOLD, links(("a", "b", 8.0), ("c", "d", -0.1))))
    assert found[("match weight 8 to 12", "links")] == 1
    assert found[("match weight below 0", "links")] == 1


def test_links_of_unlabelled_mentions_say_nothing():
    assert calibration(GOLD, links(("a", "x", 30.0), ("b", "elsewhere", 30.0))).is_empty()


def test_decisions_that_hold():
    clusters = pa.table({"mention_id": list("abcd"), "author_id": ["A", "A", "B", "C"]})
    decisions = pa.table(
        {
            "kind": ["same", "same", "different", "different", "same"],
            "mention_id_l": ["a", "c", "a", "b", "a"],
            "mention_id_r": ["b", "d", "b", "c", "elsewhere"],
        }
    )
    found = as_dict(held_decisions(decisions, clusters))
    assert (found[("all", "pairs")], found[("all", "held")], found[("all", "held_share")]) == (4, 2, 0.5)
    assert found[("same", "held")] == found[("different", "held")] == 1
    assert held_decisions(decisions.slice(4), clusters).is_empty()
