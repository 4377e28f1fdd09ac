"""Related papers day by day: the same lists as making all of them again with the same counts, and no more work."""

from contextlib import contextmanager

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import related
from pipeline.assets.checks import PROPERTIES
from pipeline.related import lists, vectors
from pipeline.steps import related as step
from warehouse import query
from warehouse.tables import create_tables

WORDS = ("distillation", "teacher", "student", "lattice", "quark", "gluon", "graph", "network")
IDS = st.integers(0, 19)

work = st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.frozensets(IDS, max_size=3))
worlds = st.dictionaries(IDS, work, min_size=2, max_size=12)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        create_tables(con)
        yield con


@contextmanager
def small_lists(*, most=3, by_references=1, first_page=2, looked_at=6):
    """Lists so short that papers push each other out of them, of works that ask by some of what they have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "MOST_LOOKED_AT", looked_at)
        patch.setattr(lists, "MOST_RELATED", most)
        patch.setattr(lists, "MOST_BY_REFERENCES", by_references)
        patch.setattr(lists, "FIRST_PAGE", first_page)
        yield patch


def put(con, world):
    """Make a world the works of the warehouse."""
    con.execute("TRUNCATE staging.works; TRUNCATE staging.work_references")
    for number, (words, cited) in sorted(world.items()):
        con.execute(
            "INSERT INTO staging.works BY NAME SELECT $id AS work_id, $title AS title, 0 AS cited_by_count,"
            " [] AS code_urls, [] AS dataset_urls, 1 AS byline_size, false AS has_openalex, true AS is_open_access,"
            " false AS is_withdrawn, false AS is_retracted",
            {"id": f"arxiv:{number:04}", "title": " ".join(words)},
        )
        for other in cited:
            con.execute(
                "INSERT INTO staging.work_references VALUES (?, ?, ?)",
                [f"arxiv:{number:04}", f"W{other}", f"arxiv:{other:04}" if other in world else None],
            )


def stored(con):
    return con.sql("FROM marts.related_papers ORDER BY work_id, rank").pl()


def from_scratch(con):
    """All lists with the counts that are in the warehouse."""
    with step.temporary_table(con, "related_citations", "marts/related_citations"):
        works, cited = con.sql(query("marts/related_texts")).pl(), con.sql("FROM related_citations").pl()
    statistics = step.kept_statistics(con)
    kept = [pl.DataFrame(schema=vectors.KEPT_TERMS), *related.kept_terms(works, statistics)]
    found = related.corpus(pl.concat(kept), cited, statistics)
    batches = related.related(found, np.arange(works.height), threads=1)
    return pl.concat([stored(con).clear(), *(pl.DataFrame(pl.from_arrow(batch.papers)) for batch in batches)])


@settings(max_examples=25, deadline=None)
@given(st.lists(worlds, min_size=2, max_size=3), st.booleans())
def test_days_give_the_lists_of_one_go(con, days, is_sorted_anew):
    con.execute("BEGIN")
    try:
        with small_lists() as patch:
            patch.setattr(step, "GROWN", 1e9)
            patch.setattr(step, "SCATTERED", 0.0 if is_sorted_anew else 1.0)
            put(con, days[0])
            con.execute("TRUNCATE marts.related_works")
            patch.setattr(step, "is_outgrown", lambda _: True)
            step.relate_papers(con, threads=1)
            patch.setattr(step, "is_outgrown", lambda _: False)
            assert not step.is_incomplete(con)
            for day in days[1:]:
                put(con, day)
                step.relate_papers(con, threads=1)
                assert stored(con).equals(from_scratch(con))
                assert con.sql("SELECT work_id FROM marts.related_works ORDER BY ALL").fetchall() == [
                    (f"arxiv:{number:04}",) for number in sorted(day)
                ]
    finally:
        con.execute("ROLLBACK")


@pytest.fixture
def rolled_back(con):
    con.execute("BEGIN")
    yield con
    con.execute("ROLLBACK")


FIELD = {n: (["quark", "lattice"], frozenset()) for n in range(10)} | {10: (["graph", "network"], frozenset())}


def test_a_new_paper_is_listed_at_once_and_only_where_it_is_near(rolled_back):
    put(rolled_back, FIELD)
    assert step.relate_papers(rolled_back, threads=1)["lists_made"] == 11
    assert step.relate_papers(rolled_back, threads=1)["lists_made"] == 0
    put(rolled_back, FIELD | {11: (["graph", "network"], frozenset())})
    counts = step.relate_papers(rolled_back, threads=1)
    assert (counts["lists_made"], counts["lists_made_anew"]) == (1, 0)  # its words were in one work when counted
    put(rolled_back, FIELD | {11: (["lattice", "quark", "quark"], frozenset({10}))})
    assert step.relate_papers(rolled_back, threads=1)["lists_made"] == 12
    found = stored(rolled_back).filter(pl.col("work_id") == "arxiv:0010")
    assert found.select("related_work_id", "shared_references").rows() == [("arxiv:0011", ["arxiv:0010"])]


def test_counts_are_renewed_once_a_tenth_is_new(rolled_back):
    put(rolled_back, FIELD)
    step.relate_papers(rolled_back, threads=1)
    terms = rolled_back.sql("FROM marts.related_terms").fetchall()
    put(rolled_back, FIELD | {11: (["graph", "network"], frozenset())})
    assert step.relate_papers(rolled_back, threads=1)["lists_made_anew"] == 0
    assert rolled_back.sql("FROM marts.related_terms").fetchall() == terms
    put(rolled_back, FIELD | {n: (["graph", "network"], frozenset()) for n in (11, 12)})
    counts = step.relate_papers(rolled_back, threads=1)
    assert (counts["lists_made"], counts["lists_made_anew"]) == (13, 1)
    assert ("graph network",) in rolled_back.sql("SELECT word FROM marts.related_terms").fetchall()


def test_emptying_the_works_makes_all_lists_anew(rolled_back):
    put(rolled_back, FIELD)
    step.relate_papers(rolled_back, threads=1)
    before = stored(rolled_back)
    rolled_back.execute("TRUNCATE marts.related_works")
    assert step.relate_papers(rolled_back, threads=1)["lists_made_anew"] == 1
    assert stored(rolled_back).equals(before)


def failing(con):
    checks = [each for each in PROPERTIES if each.table in step.TABLES]
    return {each.name for each in checks if con.execute(each.sql).fetchall()[0][0] > each.bound}


@pytest.mark.parametrize(
    ("harm", "fails"),
    [
        ("UPDATE marts.related_papers SET related_work_id = work_id WHERE rank = 2", "no_paper_is_its_own_relative"),
        ("UPDATE marts.related_papers SET rank = 7 WHERE rank = 3", "unique_key"),
        ("DELETE FROM marts.related_papers WHERE rank = 1", "unique_key"),
        ("DELETE FROM marts.related_works WHERE work_id = 'arxiv:0010'", "every_work_was_compared"),
        ("DELETE FROM staging.works WHERE work_id = 'arxiv:0010'", "every_work_was_compared"),
    ],
)
def test_a_check_fails_where_the_lists_are_wrong(rolled_back, harm, fails):
    put(rolled_back, FIELD)
    counts = step.relate_papers(rolled_back, threads=1)
    assert (counts["works_with_any_related"], counts["works_with_20_related"]) == (10, 0)
    assert failing(rolled_back) == set()
    rolled_back.execute(harm)
    assert failing(rolled_back) == {fails}


def test_being_cited_for_the_first_time_moves_no_list_but_those_it_enters(rolled_back, monkeypatch):
    monkeypatch.setattr(step, "GROWN", 1e9)
    world = {n: ([word], frozenset({19})) for n, word in enumerate(("quark", "gluon", "lattice"))}
    put(rolled_back, world)
    rolled_back.execute("TRUNCATE marts.related_works")
    with monkeypatch.context() as once:
        once.setattr(step, "is_outgrown", lambda _: True)
        step.relate_papers(rolled_back, threads=1)
    put(rolled_back, world | {9: (["graph"], frozenset({0}))})
    assert step.relate_papers(rolled_back, threads=1)["lists_made"] == 2
    assert stored(rolled_back).equals(from_scratch(rolled_back))
