"""What a run of the resolver looks at holds every work whose evidence changed, by real builds of works and mentions."""

from contextlib import suppress

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.steps import builds, bylines, corrections, frame_as, query_as, works
from warehouse import query

from .bench import MANY, forget
from .test_renewal import UNHURRIED, after, days, load, page_ids, worlds

ALL = "SELECT work_id FROM staging.works"
keywords = st.lists(st.sampled_from(["sparsity", "corals", "bosons"]), max_size=2, unique=True)


def evidence(con, looked_at):
    """The digests by mention of the works that a query gives, and the works themselves."""
    told = pl.DataFrame(corrections.decisions(con))
    with frame_as(con, "decisions", told), query_as(con, "looked_at", looked_at):
        found = dict(con.execute(query("resolved/fingerprints")).fetchall())
        return found, {row[0] for row in con.execute("FROM looked_at").fetchall()}


def build(con, world, kept, run_id):
    """The world's records through the steps before the resolver."""
    pages = {kind: {n: f"{page}{kept}" for n, page in of.items()} for kind, of in page_ids(world).items()}
    load(con, world, pages)
    con.execute("UPDATE staging.openalex_works SET keywords = ?", [kept])
    works.build_works(con, run_id=run_id)
    bylines.build_mentions(con, run_id=run_id)


@settings(max_examples=8 * MANY, **UNHURRIED)
@given(world=worlds, day=days, words=st.tuples(keywords, keywords))
def test_no_work_changes_unseen(connection, world, day, words):
    forget(connection)
    build(connection, world, words[0], "first")
    before, _ = evidence(connection, ALL)
    people = builds.begin(connection, "people", "this")
    builds.finish(connection, people, run_id="first", renewed=len(before))
    build(connection, after(world, day), words[1], "day")
    now, _ = evidence(connection, ALL)
    with frame_as(connection, "this_build", pl.DataFrame({"last": [people.number]})):
        seen, works_seen = evidence(connection, query("resolved/looked_at"))
    changed = {mention for mention in before | now if before.get(mention) != now.get(mention)}
    assert {mention.partition("#")[0] for mention in changed} <= works_seen
    assert {mention: now[mention] for mention in seen} == seen


def test_decisions_that_change_places_are_seen(built_world):
    with built_world.warehouse.write() as con:
        some = con.execute("SELECT mention_id FROM staging.mentions ORDER BY mention_id LIMIT 3").fetchall()
        mention, one, other = (row[0] for row in some)

        def digest(same, different):
            rows = [(mention, same, "same"), (mention, different, "different")]
            told = pl.DataFrame(rows, schema=["mention_id_l", "mention_id_r", "kind"], orient="row")
            with frame_as(con, "decisions", told), query_as(con, "looked_at", ALL):
                return dict(con.execute(query("resolved/fingerprints")).fetchall())[mention]

        assert digest(one, other) != digest(other, one)


class UndoneError(Exception):
    """Takes back what a test wrote."""


def test_a_text_whose_letters_change_alike_is_another_text(built_world):
    digests = []
    with suppress(UndoneError), built_world.warehouse.write() as con:
        none = pl.DataFrame(corrections.decisions(con)).clear()
        for title in ("arxiv:1711.02726#2", "arxiv:1911.02728#2"):  # one digest to DuckDB's own hash
            con.execute("UPDATE staging.works SET title = ?", [title])
            with frame_as(con, "decisions", none), query_as(con, "looked_at", ALL):
                digests.append(dict(con.execute(query("resolved/fingerprints")).fetchall()))
        raise UndoneError
    one, other = digests
    assert one.keys() == other.keys()
    assert all(one[mention] != other[mention] for mention in one)
