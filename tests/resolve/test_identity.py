"""Ids minted once, carried by the survivor rule, never reused."""

from collections import Counter
from datetime import UTC, date, datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.resolve import ResolverInputError, carry_ids
from pipeline.resolve.identity import AUTHOR_MENTIONS, FIRST_SEEN, HISTORY, MINTED, REDIRECTS, author_ids, minted_id

AT = datetime(2026, 1, 2, tzinfo=UTC)


def clusters_of(groups):
    """Clusters named by their smallest mention, as `resolve` names them."""
    rows = [
        {"mention_id": mention, "author_id": minted_id(min(group)), "probability": 1.0}
        for group in groups
        for mention in group
    ]
    return pa.Table.from_pylist(rows, schema=AUTHOR_MENTIONS)


def carried(groups, previous=None, redirects=None, **more):
    return carry_ids(clusters_of(groups), previous, redirects, run_id="r", at=AT, **more)


def ids(identity):
    return {row["mention_id"]: row["author_id"] for row in identity.author_mentions.to_pylist()}


def events(identity):
    return [(r["event"], r["author_id"], r["other_author_id"], r["mention_id"]) for r in identity.history.to_pylist()]


class Runs:
    """Runs one after the other, each handed what the ones before left behind."""

    def __init__(self, days=None):
        rows = [{"mention_id": mention, "day": date(2021, 1, 1 + day)} for mention, day in (days or {}).items()]
        self.first_seen = pa.Table.from_pylist(rows, schema=FIRST_SEEN)
        self.previous, self.redirects, self.minted = None, None, []

    def __call__(self, *groups):
        minted = pa.Table.from_pylist(self.minted, schema=MINTED)
        identity = carried(groups, self.previous, self.redirects, minted=minted, first_seen=self.first_seen)
        turn = len(self.minted)
        self.minted += [
            {"author_id": author, "mention_id": founder, "turn": turn}
            for event, author, _, founder in events(identity)
            if event == "minted"
        ]
        self.previous, self.redirects = identity.author_mentions, identity.redirects
        return identity


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
    runs = Runs({"a": 0, "b": 5, "c": 6})
    runs(["b", "c"])
    second = runs(["a", "b", "c"])
    assert set(ids(second).values()) == {minted_id("b")}
    assert events(second) == []


def test_the_founder_is_the_earliest_by_day_then_by_id():
    identity = Runs({"c": 0, "b": 0, "a": 1})(["a", "b", "c", "0"])
    assert set(ids(identity).values()) == {minted_id("b")}


def test_a_merge_keeps_the_id_minted_first_and_redirects():
    runs = Runs({"a": 0, "b": 5, "c": 5, "d": 5})
    runs(["b"], ["c"])
    runs(["a", "d"], ["b"], ["c"])
    merged = runs(["a", "b", "c", "d"])
    keep = minted_id("b")
    assert set(ids(merged).values()) == {keep}
    assert events(merged) == [
        *sorted(("merged", keep, minted_id(gone), None) for gone in "ac"),
        *sorted(("retired", minted_id(gone), keep, None) for gone in "ac"),
    ]
    assert {row["author_id"] for row in merged.redirects.to_pylist()} == {keep}


def test_of_two_ids_of_one_run_the_earlier_mention_keeps_its_own():
    runs = Runs({"a": 3, "b": 1})
    runs(["a"], ["b"])
    assert set(ids(runs(["a", "b"])).values()) == {minted_id("b")}


def test_a_split_leaves_the_id_with_its_founder_and_mints():
    runs = Runs()
    runs(["a", "b", "c"])
    second = runs(["a"], ["b", "c"])
    assert ids(second) == {"a": minted_id("a"), "b": minted_id("b"), "c": minted_id("b")}
    assert events(second) == [
        ("minted", minted_id("b"), None, "b"),
        ("split", minted_id("a"), minted_id("b"), None),
    ]


def test_move_between_known_authors():
    runs = Runs()
    runs(["a", "b", "c"], ["x", "y"])
    assert events(runs(["a", "b"], ["c", "x", "y"])) == [("moved", minted_id("a"), minted_id("x"), "c")]


def test_a_founder_that_joins_an_older_author_leaves_a_redirect_to_where_most_went():
    runs = Runs({"a": 0, "b": 1, "c": 2, "d": 3})
    runs(["a"], ["b", "c", "d"])
    second = runs(["a", "b"], ["c", "d"])
    assert ids(second) == {"a": minted_id("a"), "b": minted_id("a"), "c": minted_id("c"), "d": minted_id("c")}
    assert second.redirects.to_pylist() == [{"old_author_id": minted_id("b"), "author_id": minted_id("c")}]


def test_an_id_whose_founder_is_gone_stays_with_the_earliest_mention_it_had():
    runs = Runs({"a": 0, "b": 2, "c": 1})
    runs(["a", "b", "c"])
    assert ids(runs(["b"], ["c"])) == {"b": minted_id("b"), "c": minted_id("a")}


def test_redirects_are_followed_through():
    runs = Runs()
    runs(["c"])
    runs(["b"], ["c"])
    runs(["a"], ["b"], ["c"])
    runs(["a", "b"], ["c"])
    last = runs(["a", "b", "c"])
    assert last.redirects.to_pylist() == [
        {"old_author_id": old, "author_id": minted_id("c")} for old in sorted(map(minted_id, "ab"))
    ]


def test_a_redirect_to_nobody_is_dropped():
    runs = Runs()
    runs(["a"], ["b"])
    runs(["a", "b"])
    last = runs(["x"])
    assert last.redirects.num_rows == 0
    assert ("retired", minted_id("a"), None, None) in events(last)


def test_a_retired_id_is_never_minted_again():
    runs = Runs()
    runs(["a"], ["b"])
    runs(["a", "b"])
    assert ids(runs(["a"], ["b"])) == {"a": minted_id("a"), "b": minted_id("b", 1)}


def test_an_id_that_went_without_heir_is_never_minted_again():
    runs = Runs()
    runs(["a"], ["b"])
    gone = runs(["b"])
    assert events(gone) == [("retired", minted_id("a"), None, None)]
    assert gone.redirects.num_rows == 0
    assert ids(runs(["a"], ["b"]))["a"] == minted_id("a", 1)


def test_a_mention_twice_is_refused():
    twice = pa.concat_tables([clusters_of([["a"]]), clusters_of([["a"]])])
    with pytest.raises(ResolverInputError, match="mention_id 'a' is in clusters more than once"):
        carry_ids(twice, None, run_id="r", at=AT)


def test_clashing_ids_are_told_apart(monkeypatch):
    monkeypatch.setattr("pipeline.resolve.identity._ID_LENGTH", 0)
    named = author_ids(pl.Series(["a"]), pl.Series([0]).to_numpy())
    assert named.to_list() == ["A"]
    assert minted_id("a", 1) == "A"


MENTIONS = "abcdefgh"
labels = st.lists(st.integers(0, 3), min_size=len(MENTIONS), max_size=len(MENTIONS))


def grouped(mentions, marks):
    """Mentions with the same mark are one cluster."""
    by_mark = {}
    for mention in mentions:
        by_mark.setdefault(marks[MENTIONS.index(mention)], []).append(mention)
    return list(by_mark.values())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sets(st.sampled_from(MENTIONS), min_size=1), labels), min_size=1, max_size=5),
    st.lists(st.integers(0, 4), min_size=len(MENTIONS), max_size=len(MENTIONS)),
)
def test_ids_whatever_comes_and_goes(loads, days):
    runs = Runs(dict(zip(MENTIONS, days, strict=True)))
    ever, before = set(), {}
    for mentions, marks in loads:
        groups = grouped(sorted(mentions), marks)
        identity = runs(*groups)
        named = ids(identity)
        assert sorted(named) == sorted(mentions)
        assert len(set(named.values())) == len(groups)
        assert all(len({named[mention] for mention in group}) == 1 for group in groups)
        living = set(named.values())
        assert not living & (ever - set(before.values()))
        assert all(row["author_id"] in living for row in identity.redirects.to_pylist())
        assert not any(row["old_author_id"] in living for row in identity.redirects.to_pylist())
        ever |= living
        before = named
        again = runs(*groups)
        assert ids(again) == named
        assert events(again) == []
        assert again.redirects.equals(identity.redirects)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=len(MENTIONS), max_size=len(MENTIONS)),
    st.lists(labels, min_size=4, max_size=4),
)
def test_whole_days_in_order_give_the_ids_of_one_go(days, marks_by_run):
    """To every author whose earliest mention has been the earliest of its author in every run since it came."""
    day_of = dict(zip(MENTIONS, days, strict=True))
    runs = Runs(day_of)
    led = set(MENTIONS)
    named, groups = {}, []
    for day, marks in enumerate(marks_by_run):
        here = [mention for mention in MENTIONS if day_of[mention] <= day]
        if not here:
            continue
        groups = grouped(here, marks)
        named = ids(runs(*groups))
        led -= {mention for group in groups for mention in group} - {
            min(group, key=lambda mention: (day_of[mention], mention)) for group in groups
        }
    in_one_go = ids(Runs(day_of)(*groups))
    for group in groups:
        if min(group, key=lambda mention: (day_of[mention], mention)) in led:
            assert named[group[0]] == in_one_go[group[0]]


@settings(max_examples=60, deadline=None)
@given(labels, labels, st.sets(st.sampled_from(MENTIONS), min_size=1))
def test_a_part_of_whole_authors_is_carried_as_in_the_whole(marks, marks_later, late):
    whole = Runs()
    first = grouped(sorted(set(MENTIONS) - late), marks)
    start = whole(*first) if first else None
    groups = grouped(MENTIONS, marks_later)
    before = {mention: tuple(group) for group in first for mention in group}
    part = {groups[0][0]}
    while True:
        wider = part.union(*(group for group in groups if part & set(group)), *(before.get(m, ()) for m in part))
        if wider == part:
            break
        part = wider
    minted = pa.Table.from_pylist(whole.minted, schema=MINTED)
    previous = start.author_mentions if start else AUTHOR_MENTIONS.empty_table()
    chosen = previous.filter(pc.is_in(previous["mention_id"], pa.array(sorted(part))))
    of_part = ids(carried([group for group in groups if set(group) <= part], chosen, minted=minted))
    in_whole = ids(whole(*groups))
    assert of_part == {mention: in_whole[mention] for mention in part}
