"""Ids minted once, carried by the survivor rule, never reused."""

from collections import Counter
from datetime import UTC, datetime

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.resolve import ResolverInputError, carry_ids
from pipeline.resolve.identity import AUTHOR_MENTIONS, HISTORY, REDIRECTS, author_ids, minted_id

AT = datetime(2026, 1, 2, tzinfo=UTC)


def clusters_of(groups):
    """Clusters named by their smallest mention, as `resolve` names them."""
    rows = [
        {"mention_id": mention, "author_id": minted_id(min(group)), "probability": 1.0}
        for group in groups
        for mention in group
    ]
    return pa.Table.from_pylist(rows, schema=AUTHOR_MENTIONS)


def carried(groups, previous=None, redirects=None):
    return carry_ids(clusters_of(groups), previous, redirects, run_id="r", at=AT)


def ids(identity):
    return {row["mention_id"]: row["author_id"] for row in identity.author_mentions.to_pylist()}


def events(identity):
    return [(r["event"], r["author_id"], r["other_author_id"], r["mention_id"]) for r in identity.history.to_pylist()]


def test_first_run_mints():
    identity = carried([["a", "b"], ["c"]])
    assert ids(identity) == {"a": minted_id("a"), "b": minted_id("a"), "c": minted_id("c")}
    assert Counter(event for event, *_ in events(identity)) == {"minted": 2}
    assert (identity.author_mentions.schema, identity.history.schema, identity.redirects.schema) == (
        AUTHOR_MENTIONS,
        HISTORY,
        REDIRECTS,
    )


def test_an_older_mention_arriving_late_changes_no_id():
    first = carried([["b", "c"]])
    second = carried([["a", "b", "c"]], first.author_mentions)
    assert set(ids(second).values()) == {minted_id("b")}
    assert events(second) == []


def test_merge_keeps_the_larger_and_redirects():
    first = carried([["a"], ["b", "c"]])
    second = carried([["a", "b", "c"]], first.author_mentions)
    keep, gone = minted_id("b"), minted_id("a")
    assert set(ids(second).values()) == {keep}
    assert events(second) == [("merged", keep, gone, None), ("retired", gone, keep, None)]
    assert second.redirects.to_pylist() == [{"old_author_id": gone, "author_id": keep}]


def test_split_keeps_the_larger_part_and_mints():
    first = carried([["a", "b", "c"]])
    second = carried([["a"], ["b", "c"]], first.author_mentions)
    assert ids(second)["b"] == minted_id("a")
    fresh = ids(second)["a"]
    assert fresh != minted_id("a")
    assert events(second) == [("minted", fresh, None, None), ("split", minted_id("a"), fresh, None)]


def test_move_between_known_authors():
    first = carried([["a", "b", "c"], ["x", "y"]])
    second = carried([["a", "b"], ["c", "x", "y"]], first.author_mentions)
    assert events(second) == [("moved", minted_id("a"), minted_id("x"), "c")]


def test_redirects_are_followed_through():
    first = carried([["a"], ["b", "c"], ["d", "e", "f", "g"]])
    second = carried([["a", "b", "c"], ["d", "e", "f", "g"]], first.author_mentions)
    third = carried([["a", "b", "c", "d", "e", "f", "g"]], second.author_mentions, second.redirects)
    assert {row["author_id"] for row in third.redirects.to_pylist()} == {minted_id("d")}
    assert len(third.redirects) == 2


def test_a_retired_id_is_never_minted_again():
    first = carried([["a"], ["b", "c"]])
    second = carried([["a", "b", "c"]], first.author_mentions)
    third = carried([["a"], ["b", "c"]], second.author_mentions, second.redirects)
    assert ids(third)["a"] not in {minted_id("a"), minted_id("b")}


def test_gone_mentions_retire_their_author():
    first = carried([["a"], ["b"]])
    second = carried([["b"]], first.author_mentions)
    assert events(second) == [("retired", minted_id("a"), None, None)]
    assert second.redirects.num_rows == 0


def test_a_mention_twice_is_refused():
    twice = pa.concat_tables([clusters_of([["a"]]), clusters_of([["a"]])])
    with pytest.raises(ResolverInputError, match="mention_id 'a' is in clusters more than once"):
        carry_ids(twice, None, run_id="r", at=AT)


def test_clashing_ids_are_told_apart(monkeypatch):
    monkeypatch.setattr("pipeline.resolve.identity._ID_LENGTH", 0)
    named = author_ids(pl.Series(["a"]), pl.Series([0]).to_numpy())
    assert named.to_list() == ["A"]
    assert minted_id("a", 1) == "A"


partitions = st.lists(st.integers(0, 4), min_size=6, max_size=6).map(
    lambda labels: [[m for m, label in zip("abcdef", labels, strict=True) if label == k] for k in sorted(set(labels))]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(partitions, min_size=1, max_size=4))
def test_ids_are_one_per_cluster_and_never_come_back_for_others(runs):
    previous, redirects, retired = None, None, set()
    for groups in runs:
        identity = carried(groups, previous, redirects)
        named = ids(identity)
        assert sorted(named) == list("abcdef")
        assert len({frozenset(m for m in named if named[m] == author) for author in named.values()}) == len(groups)
        assert not retired & set(named.values())
        if previous is not None:
            retired |= {row["author_id"] for row in previous.to_pylist()} - set(named.values())
        living = set(named.values())
        assert {row["author_id"] for row in identity.redirects.to_pylist()} <= living
        assert not {row["old_author_id"] for row in identity.redirects.to_pylist()} & living
        previous, redirects = identity.author_mentions, identity.redirects
        again = carried(groups, previous, redirects)
        assert ids(again) == named
        assert events(again) == []
