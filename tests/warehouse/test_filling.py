"""Ways of filling a table: append, replace, from a query, in batches, merge by key."""

import duckdb
import polars as pl
import pytest

from pipeline.schemas import TABLES
from warehouse.tables import (
    append,
    create_tables,
    merge,
    renew,
    replace,
    replace_from_query,
    replace_in_batches,
    violations,
)

PLACES = "staging.mention_institutions"
VERSIONS = "staging.arxiv_versions"
NEWER = "new.size_bytes > coalesce(old.size_bytes, -1)"


@pytest.fixture
def con():
    with duckdb.connect() as con:
        create_tables(con)
        yield con


def places(*pairs):
    return pl.DataFrame(pairs, schema=["mention_id", "institution_id"], orient="row")


def versions(*rows):
    frame = pl.DataFrame(rows, schema=["arxiv_id", "version", "size_bytes"], orient="row")
    return frame.with_columns(submitted_at=None, source_type=None)


def stored(con, table=PLACES):
    return con.execute(f"SELECT * FROM {table}").fetchall()


def sizes(con):
    return con.execute(f"SELECT arxiv_id, version, size_bytes FROM {VERSIONS} ORDER BY ALL").fetchall()


def test_append_adds_and_counts(con):
    assert append(con, PLACES, places(("a#1", "I1"))) == 1
    assert append(con, PLACES, places(("a#2", "I1"), ("a#2", "I2"))) == 2
    assert stored(con) == [("a#1", "I1"), ("a#2", "I1"), ("a#2", "I2")]


def test_append_of_nothing(con):
    assert append(con, PLACES, TABLES[PLACES].create_empty()) == 0


def test_columns_go_by_name_not_by_place(con):
    append(con, PLACES, places(("a#1", "I1")).select("institution_id", "mention_id"))
    assert stored(con) == [("a#1", "I1")]


@pytest.mark.parametrize("fill", [replace, lambda con, name, frame: replace_in_batches(con, name, [frame])])
def test_replace_puts_the_new_rows_in_the_place_of_all_old_ones(con, fill):
    append(con, PLACES, places(("old#1", "I1"), ("old#2", "I1")))
    assert fill(con, PLACES, places(("a#1", "I1"))) == 1
    assert stored(con) == [("a#1", "I1")]


def test_replace_stores_by_key_whatever_the_order_of_the_rows(con):
    replace(con, PLACES, places(("b#1", "I1"), ("a#2", "I2"), ("a#2", "I1")))
    assert stored(con) == [("a#2", "I1"), ("a#2", "I2"), ("b#1", "I1")]


def test_replace_from_query_sorts_counts_and_takes_columns_by_name(con):
    sql = "SELECT 'I' || i AS institution_id, 'a#' || (9 - i) AS mention_id FROM range(3) AS t(i)"
    assert replace_from_query(con, PLACES, sql) == 3
    assert stored(con) == [("a#7", "I2"), ("a#8", "I1"), ("a#9", "I0")]


def test_replace_from_query_is_held_to_the_contract(con):
    with pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
        replace_from_query(con, PLACES, "SELECT 'a#1' AS mention_id, NULL AS institution_id")


def test_batches_are_one_table(con):
    batches = (places((f"a#{n}", "I1")) for n in range(3))
    assert replace_in_batches(con, PLACES, batches) == 3
    assert [row[0] for row in stored(con)] == ["a#0", "a#1", "a#2"]


def test_merge_adds_renews_and_keeps(con):
    append(con, VERSIONS, versions(("2002.03532", 1, 10), ("2002.03532", 2, 20)))
    merge(con, VERSIONS, versions(("2002.03532", 1, 5), ("2002.03532", 2, 30), ("2002.03532", 3, 7)), newer=NEWER)
    assert sizes(con) == [("2002.03532", 1, 10), ("2002.03532", 2, 30), ("2002.03532", 3, 7)]


def test_merging_twice_is_merging_once(con):
    frame = versions(("2002.03532", 1, 10))
    for _ in range(2):
        merge(con, VERSIONS, frame, newer=NEWER)
    assert sizes(con) == [("2002.03532", 1, 10)]
    assert violations(con, VERSIONS) == 0


def test_text_is_a_value_and_never_sql(con):
    hostile = "'); DROP TABLE staging.mention_institutions; --\x01\u202e\U0001f600"
    append(con, PLACES, places((hostile, "I1")))
    merge(con, VERSIONS, versions((hostile, 1, 10)).with_columns(source_type=pl.lit(hostile)), newer=NEWER)
    assert stored(con) == [(hostile, "I1")]
    assert stored(con, VERSIONS) == [(hostile, 1, None, 10, hostile)]


def test_violations_counts_the_rows_that_share_a_key(con):
    con.execute(f"INSERT INTO {PLACES} VALUES ('a', 'I1'), ('a', 'I1'), ('a', 'I1'), ('a', 'I2')")
    assert violations(con, PLACES) == 3
    assert violations(con, "staging.rejected") == 0


def test_keys_of_one_digest_are_no_violation(con):
    same_digest = ("arxiv:1703.09626#1", "arxiv:1903.09628#1")
    append(con, PLACES, places(*((mention_id, "I1") for mention_id in same_digest)))
    assert violations(con, PLACES) == 0
    con.execute(f"INSERT INTO {PLACES} VALUES (?, 'I1')", [same_digest[0]])
    assert violations(con, PLACES) == 2


def test_renewing_touches_only_rows_that_differ(con):
    append(con, VERSIONS, versions(("a", 1, 10), ("a", 2, 20), ("b", 1, 30), ("c", 1, 40)))
    places_before = dict(con.execute(f"SELECT arxiv_id || version, rowid FROM {VERSIONS}").fetchall())
    fresh = versions(("a", 1, 10), ("a", 2, 21), ("d", 1, 50))
    con.register("fresh", fresh.to_arrow())
    renew(con, VERSIONS, "SELECT * FROM fresh", "arxiv_id IN ('a', 'b')")
    assert sizes(con) == [("a", 1, 10), ("a", 2, 21), ("c", 1, 40), ("d", 1, 50)]
    places_after = dict(con.execute(f"SELECT arxiv_id || version, rowid FROM {VERSIONS}").fetchall())
    assert {key: places_after[key] for key in ("a1", "c1")} == {key: places_before[key] for key in ("a1", "c1")}
    went, came = (
        con.execute(f"SELECT arxiv_id, version, size_bytes FROM {name} ORDER BY ALL").fetchall()
        for name in ("went", "came")
    )
    assert (went, came) == ([("a", 2, 20), ("b", 1, 30)], [("a", 2, 21), ("d", 1, 50)])


def test_renewing_many_rows_keeps_them_all(con):
    many = 200_000
    con.execute(f"INSERT INTO {PLACES} SELECT 'w#' || range, 'I1' FROM range({many})")
    renew(con, PLACES, f"SELECT 'w#' || range AS mention_id, 'I2' AS institution_id FROM range({many})", "true")
    assert con.execute(f"SELECT count(*), min(institution_id) FROM {PLACES}").fetchall() == [(many, "I2")]
