"""Scores against hand-counted ones."""

import pyarrow as pa
import pytest

from pipeline.resolve import ResolverInputError, evaluate


def value(frame, slice_name, metric):
    return frame.filter(slice=slice_name, metric=metric)["value"].item()


GOLD = pa.table(
    {
        "mention_id": list("abcdx"),
        "gold_author": ["1", "1", "1", "2", None],
        "block": ["p", "p", "p", "p", "q"],
    }
)
CLUSTERS = pa.table({"mention_id": list("abcx"), "author_id": ["A", "A", "B", "A"]})


def test_hand_counted_scores():
    scores = evaluate(GOLD, CLUSTERS)
    # a, b: cluster {a, b} of {a, b, c}; c: {c}; d is missing and alone. x is unlabelled.
    assert value(scores, "all", "b3_precision") == pytest.approx(1.0)
    assert value(scores, "all", "b3_recall") == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert value(scores, "all", "pair_recall") == pytest.approx(1 / 3)
    assert value(scores, "all", "split_authors") == 1.0
    assert value(scores, "ambiguous", "mentions") == 4.0


def test_slices_by_name():
    mentions = pa.table(
        {"mention_id": list("abcdx"), "name": ["Wei Wang", "Wei Wang", "W. Wang", "Ottilie Quist", "x"]}
    )
    scores = evaluate(GOLD, CLUSTERS, mentions)
    assert value(scores, "given name: full", "mentions") == 3.0
    assert value(scores, "given name: initials", "mentions") == 1.0
    assert value(scores, "bearers of the name: over 64", "b3_recall") == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)


def test_nothing_labelled_gives_no_rows():
    assert evaluate(GOLD.slice(4), CLUSTERS).height == 0


def test_missing_column_is_named():
    with pytest.raises(ResolverInputError, match="clusters has no column 'author_id'"):
        evaluate(GOLD, CLUSTERS.drop_columns("author_id"))
