"""Runs that make again only what changes can reach give the tables of a run from scratch, and say what changed.

The source records are put straight into staging, and people are told apart by their printed name: what is tested is
works, mentions and marts, not reading and not resolving.
"""

import hashlib
from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.names import parse_name
from pipeline.schemas import TABLES, VIEWS
from pipeline.steps import bylines, changes_made, graph, papers, profiles, works
from warehouse import query
from warehouse.tables import append

from .bench import MANY, OF_THE_RUNS, contents, forget

UNHURRIED = {
    "deadline": None,
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}
BEGIN = datetime(2021, 3, 1, tzinfo=UTC)
ORCIDS = ("0000-0002-1825-0097", "0000-0001-5109-3700")
TITLES = ("Sparse grids of a kind never seen before", "Coral bleaching under a changing climate", "Heavy bosons")
STEPS = (works, bylines, profiles, papers, graph)
MADE = sorted({name for step in STEPS for name in step.TABLES} - OF_THE_RUNS - VIEWS)

names = st.sampled_from(["Ann Lee", "Ann Li", "Bo Chen", "Cy Diaz", "Di Evans", "Ed Fox", "The Sparse Collaboration"])
arxiv = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "names": st.lists(names, min_size=1, max_size=4, unique=True),
        "doi": st.sampled_from([None, None, "10.1/a", "10.1/b"]),
        "versions": st.integers(1, 2),
        "is_withdrawn": st.booleans(),
    }
)
openalex = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "names": st.lists(names, min_size=1, max_size=4, unique=True),
        "doi": st.sampled_from([None, "10.1/a", "10.1/b", "10.48550/arxiv.1"]),
        "arxiv_id": st.sampled_from([None, None, "0", "1", "2", "9"]),
        "orcid": st.sampled_from([None, *ORCIDS]),
        "institution": st.sampled_from([None, "I1", "I2"]),
        "cites": st.lists(st.sampled_from(["W0", "W1", "W2", "W3", "W7"]), max_size=3, unique=True),
        "cited_by_count": st.integers(0, 3),
    }
)
worlds = st.fixed_dictionaries(
    {
        "arxiv": st.dictionaries(st.integers(0, 3), arxiv, min_size=2, max_size=4),
        "openalex": st.dictionaries(st.integers(0, 3), openalex, min_size=2, max_size=4),
        "places": st.sampled_from(["Old University", "New University"]),
        "split": st.sampled_from([None, "Ann Lee", "Bo Chen"]),
        "joined": st.sampled_from([None, ("Ann Lee", "Ann Li"), ("Bo Chen", "Di Evans")]),
        "unsure": st.sampled_from([None, "Ann Li", "Cy Diaz"]),
    }
)
days = st.fixed_dictionaries(
    {
        "arxiv": st.dictionaries(st.integers(0, 3), st.one_of(arxiv, st.none()), max_size=1),
        "openalex": st.dictionaries(st.integers(0, 3), st.one_of(openalex, st.none()), max_size=1),
    },
    optional={
        "places": st.sampled_from(["Old University", "New University"]),
        "split": st.sampled_from([None, "Ann Lee", "Bo Chen"]),
        "joined": st.sampled_from([None, ("Ann Lee", "Ann Li"), ("Bo Chen", "Di Evans")]),
        "unsure": st.sampled_from([None, "Ann Li", "Cy Diaz"]),
    },
)
"""Records that come, change or go (None), an institution renamed, and people parted, joined or less sure."""


def after(world, day):
    """The world after a day."""
    records = {
        kind: {number: record for number, record in {**world[kind], **day[kind]}.items() if record}
        for kind in ("arxiv", "openalex")
    }
    return {**world, **day, **records}


def name_fields(name):
    parsed = parse_name(name)
    return {
        "raw_name": parsed.raw,
        "given": parsed.given,
        "family": parsed.family,
        "suffix": parsed.suffix,
        "kind": parsed.kind.value,
        "affiliation": None,
    }


def filled(name, rows):
    """Rows as a frame of the contract, missing columns null, empty or false."""
    empty = TABLES[name].create_empty()
    blanks = {
        column: [] if isinstance(dtype, pl.List) else False if dtype == pl.Boolean else None
        for column, dtype in empty.schema.items()
    }
    return pl.DataFrame([blanks | row for row in rows], schema=empty.schema)


def load(con, world, pages):
    """Put the world's records in the place of those there."""
    for name in ("arxiv_records", "arxiv_versions", "openalex_works", "openalex_institutions"):
        con.execute(f"TRUNCATE staging.{name}")
    arxiv_rows, versions, works_rows = [], [], []
    for number, record in world["arxiv"].items():
        when = {"first_submitted_at": BEGIN, "last_updated_at": BEGIN + timedelta(400 * (record["versions"] - 1))}
        arxiv_rows.append(
            {key: record[key] for key in ("title", "doi", "is_withdrawn")}
            | when
            | {
                "arxiv_id": str(number),
                "source": "arxiv_snapshot",
                "version": record["versions"],
                "byline": [name_fields(name) for name in record["names"]],
                "categories": ["cs.LG"],
                "primary_category": "cs.LG",
                "page_id": pages["arxiv"][number],
                "fetched_at": BEGIN,
            }
        )
        versions += [
            {"arxiv_id": str(number), "version": v + 1, "submitted_at": BEGIN + timedelta(400 * v)}
            for v in range(record["versions"])
        ]
    for number, record in world["openalex"].items():
        person = {"openalex_author_id": None, "orcid": record["orcid"], "institution_ids": [record["institution"]]}
        others = {"openalex_author_id": None, "orcid": None, "institution_ids": []}
        works_rows.append(
            {key: record[key] for key in ("title", "doi", "arxiv_id", "cited_by_count")}
            | {
                "openalex_id": f"W{number}",
                "publication_year": 2020 + number,
                "byline": [
                    name_fields(name) | (others if place else person) for place, name in enumerate(record["names"])
                ],
                "topics": [{"topic_id": "T1", "topic_name": "Grids"}],
                "referenced_works": record["cites"],
                "page_id": pages["openalex"][number],
                "fetched_at": BEGIN,
            }
        )
    places = [
        {"institution_id": "I1", "display_name": world["places"], "ror": "1", "page_id": "p", "fetched_at": BEGIN},
        {"institution_id": "I2", "display_name": "A place", "page_id": "p", "fetched_at": BEGIN},
    ]
    append(con, "staging.arxiv_records", filled("staging.arxiv_records", arxiv_rows))
    append(con, "staging.arxiv_versions", filled("staging.arxiv_versions", versions))
    append(con, "staging.openalex_works", filled("staging.openalex_works", works_rows))
    append(con, "staging.openalex_institutions", filled("staging.openalex_institutions", places))


def resolve(con, world):
    """One author a printed name, but for three: every work has a person of its own for the name that is split, and less
    probable; two names are one person, who may stand on a byline twice; and one name is less sure on some works."""
    mentions = con.execute("SELECT mention_id, raw_name, work_id FROM staging.mentions ORDER BY ALL").fetchall()
    con.execute("TRUNCATE resolved.author_mentions")
    split, joined, unsure = (world[kind] for kind in ("split", "joined", "unsure"))
    rows = []
    for mention_id, name, work_id in mentions:
        person = joined[0] if joined and name in joined else name
        is_unsure = name == unsure and work_id.endswith(("0", "3"))
        probability = 0.5 if name == split else 0.75 if is_unsure else 1.0
        rows.append((mention_id, f"A {person} {work_id if name == split else ''}".strip(), probability))
    append(
        con,
        "resolved.author_mentions",
        pl.DataFrame(rows, schema=dict(TABLES["resolved.author_mentions"].create_empty().schema), orient="row"),
    )


def run(con, world, pages, run_id):
    load(con, world, pages)
    works.build_works(con, run_id=run_id)
    bylines.build_mentions(con, run_id=run_id)
    resolve(con, world)
    profiles.build_profiles(con, run_id=run_id)
    papers.build_papers(con, run_id=run_id)
    graph.build_graph(con, run_id=run_id)
    return changes_made.build_changes(con, run_id=run_id)


def page_ids(world):
    """A page for every record, named by what stands in it."""
    return {
        kind: {n: hashlib.sha256(repr((n, record)).encode()).hexdigest() for n, record in world[kind].items()}
        for kind in ("arxiv", "openalex")
    }


@settings(max_examples=5 * MANY, **UNHURRIED)
@given(world=worlds, later=st.lists(days, min_size=1, max_size=3))
def test_what_changed_gives_the_tables_of_everything(connection, fresh_connection, world, later):
    forget(connection)
    run(connection, world, page_ids(world), "first")
    for number, day in enumerate(later):
        world = after(world, day)
        run(connection, world, page_ids(world), f"day {number}")
    forget(fresh_connection)
    run(fresh_connection, world, page_ids(world), "run")
    made, expected = contents(connection, MADE), contents(fresh_connection, MADE)
    for name in MADE:
        assert made[name] == expected[name], name
    last = connection.execute("SELECT arg_max(mode, number) FROM staging.builds WHERE step = 'works'").fetchall()
    assert last == [("part",)]


def test_mentions_that_duckdb_gives_one_digest_are_told_apart():
    """Both ids have one digest with whatever follows: the first goes to another author, the second stays."""
    moved, stays = "arxiv:1703.09626#1", "arxiv:1903.09628#1"
    with duckdb.connect() as con:
        assert con.execute("SELECT hash(?, 'A', 1.0) = hash(?, 'A', 1.0)", [moved, stays]).fetchall() == [(True,)]
        for schema, table, author_id in (("resolved", "author_mentions", "B"), ("marts", "author_works", "A")):
            con.execute(f"CREATE SCHEMA {schema}")
            con.execute(
                f"CREATE TABLE {schema}.{table} AS SELECT mention_id, split_part(mention_id, '#', 1) AS work_id,"
                " if(mention_id = $moved, $author_id, 'A') AS author_id, 1.0 AS probability"
                " FROM (SELECT unnest([$moved, $stays]) AS mention_id)",
                {"moved": moved, "stays": stays, "author_id": author_id},
            )
        found = con.execute(f"SELECT mention_id, author_id, is_now FROM ({query('marts/changed_mentions')})").fetchall()
    assert sorted(found) == [(moved, "A", False), (moved, "B", True)]
