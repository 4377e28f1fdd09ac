"""Runs that resolve only what changed give the people of a run from scratch, and ids that stay."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.resolve import blocking
from pipeline.schemas import TABLES
from pipeline.steps import changes, frame_as, people
from pipeline.steps.evidence import resolver_input
from warehouse.tables import append, create_tables, merge

from .bench import MANY, forget

UNHURRIED = {
    "deadline": None,
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}
DAY = date(2021, 3, 1)
ORCIDS = ("0000-0002-1825-0097", "0000-0001-5109-3700")
KEPT = tuple(name for name in people.TABLES if name != "resolved.resolutions")
NO_TEXT = (
    *("abstract", "work_type", "arxiv_id", "doi", "openalex_id", "primary_category", "venue", "journal_ref"),
    *("comments", "license", "submitter", "report_no"),
)

names = st.sampled_from(
    [
        *(f"{given_name} Thackeray" for given_name in ("Zenobia", "Z.", "Z. M.", "Zeno", "Zenobia Maud")),
        *(f"{given_name} Oyelaran" for given_name in ("Bob", "Robert", "B.", "Rupert")),
        *(f"{given_name} Zhang" for given_name in ("Wei", "W.", "Wei-Ming", "Weiming", "Wen")),
        "Ottilie Grünwald-Xu",
        "O. Grünwald-Xu",
        "Ivo Halloran",
        *["Quentin Brzezicki"] * 3,  # rare: beside whom others may meet across units
        "The Sparse Collaboration",
    ]
)
papers = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Sparse grids", "Coral bleaching", "Sparse coral grids", "Heavy bosons"]),
        "authors": st.lists(names, min_size=1, max_size=4),
        "orcid": st.sampled_from([None, None, None, *ORCIDS]),
        "day": st.integers(0, 5),
    }
)
decisions = st.tuples(
    st.sampled_from(["same", "different"]),
    *[st.tuples(st.integers(0, 7), st.integers(1, 3)).map(lambda at: f"arxiv:{at[0]}#{at[1]}")] * 2,
).filter(lambda row: row[1] != row[2])
libraries = st.dictionaries(st.integers(0, 9), papers, min_size=2, max_size=8)
histories = st.tuples(
    libraries,
    st.lists(
        st.tuples(
            st.dictionaries(st.integers(0, 9), st.one_of(papers, papers, st.none()), max_size=3),
            st.lists(decisions, max_size=2, unique=True),
        ),
        min_size=1,
        max_size=3,
    ),
)
"""A first load, then papers that come, change or go (None), and the decisions in force from then on."""

WORKS = {
    1: {"title": "Sparse grids", "authors": ["Zenobia Thackeray", "Ottilie Grünwald-Xu"], "orcid": None, "day": 3},
    2: {"title": "Sparse coral grids", "authors": ["Z. Thackeray", "Ottilie Grünwald-Xu"], "orcid": None, "day": 4},
    3: {"title": "Heavy bosons", "authors": ["Quentin Brzezicki"], "orcid": None, "day": 4},
}
OLDER = {"title": "Sparse grids", "authors": ["Zenobia Thackeray", "Ottilie Grünwald-Xu"], "orcid": None, "day": 0}


@pytest.fixture(autouse=True)
def _only_what_changed():
    """Resolve a part of the mentions however many have changed."""
    with mock.patch.object(changes, "MOST_CHANGED", 1e9):
        yield


@pytest.fixture(scope="module")
def first_run():
    """Three papers whose people were resolved once."""
    with duckdb.connect() as con:
        create_tables(con)
        load(con, WORKS)
        run(con)
        yield con


@pytest.fixture
def resolved(first_run):
    """The same, as if no other test had touched it."""
    first_run.execute("BEGIN")
    yield first_run
    first_run.execute("ROLLBACK")


def worlds(history):
    """The papers and decisions before each run."""
    first, later = history
    seen = [(first, [])]
    for changed, told in later:
        works = {number: paper for number, paper in {**seen[-1][0], **changed}.items() if paper}
        seen.append((works, told))
    return [world for world in seen if world[0]]


def load(con, works, told=()):
    """Put papers by number in the place of those there, log which changed, and let only these decisions hold."""
    before = printed(con)
    for table in ("staging.works", "staging.mentions"):
        con.execute(f"TRUNCATE {table}")
    rows = [{"work_id": f"arxiv:{number}", **paper} for number, paper in works.items()]
    append(con, "staging.works", works_frame(rows))
    append(con, "staging.mentions", mentions_frame(rows))
    after = printed(con)
    log_changes(con, sorted(work for work in before | after if before.get(work) != after.get(work)))
    con.execute("UPDATE resolved.corrections SET status = 'rejected'")
    merge(con, "resolved.corrections", decisions_frame(told), newer="true")


def printed(con):
    """What stands about each work."""
    return dict(
        con.execute(
            "SELECT work_id, hash(work, list(mention ORDER BY mention.position)) FROM staging.works AS work"
            " INNER JOIN staging.mentions AS mention USING (work_id) GROUP BY work_id, work"
        ).fetchall()
    )


def log_changes(con, works):
    """Take down that works changed, as the step does that makes them."""
    (number,) = con.execute("SELECT coalesce(max(number), 0) + 1 FROM staging.builds").fetchone()
    con.execute("INSERT INTO staging.builds VALUES (?, 'run', 'works', 'part', 'this', ?)", [number, len(works)])
    con.execute("INSERT INTO staging.work_changes SELECT ?, unnest(?::VARCHAR[]), 'updated', [], []", [number, works])


def works_frame(rows):
    return pl.DataFrame(
        [
            {
                "work_id": row["work_id"],
                "title": row["title"],
                "first_submitted_at": datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(row["day"]),
                "byline_size": len(row["authors"]),
            }
            for row in rows
        ]
    ).with_columns(
        *(pl.lit(None, dtype=pl.String).alias(name) for name in NO_TEXT),
        *(pl.lit(value=False).alias(name) for name in ("is_open_access", "is_withdrawn", "is_retracted")),
        *(pl.lit([], dtype=pl.List(pl.String)).alias(name) for name in ("code_urls", "dataset_urls")),
        publication_year=pl.lit(None, dtype=pl.Int32),
        last_updated_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        cited_by_count=pl.lit(0, dtype=pl.Int64),
        has_openalex=pl.lit(value=False),
    )


def mentions_frame(rows):
    return pl.DataFrame(
        [
            {
                "mention_id": f"{row['work_id']}#{place}",
                "work_id": row["work_id"],
                "position": place,
                "raw_name": name,
                "given": name.rpartition(" ")[0],
                "family": name.rpartition(" ")[2],
                "kind": "person",
                "orcid": row["orcid"] if place == 1 else None,
                "byline_source": "arxiv",
                "is_on_openalex": False,
            }
            for row in rows
            for place, name in enumerate(row["authors"], start=1)
        ],
        schema_overrides={"orcid": pl.String},
    ).with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in ("suffix", "openalex_author_id", "raw_affiliation")
    )


def decisions_frame(told):
    if not told:
        return TABLES["resolved.corrections"].create_empty()
    return pl.DataFrame(
        [
            {
                "correction_id": f"{kind} {left} {right}",
                "kind": kind,
                "mention_id_l": left,
                "mention_id_r": right,
                "author_id": None,
                "value": None,
                "status": "approved",
                "by": "a curator",
                "at": datetime(2026, 1, 1, tzinfo=UTC),
                "why": None,
            }
            for kind, left, right in told
        ],
        schema_overrides={"author_id": pl.String, "value": pl.String, "why": pl.String},
    )


def run(con, run_id="run", threads=2):
    return people.resolve_people(con, run_id=run_id, threads=threads)


def run_with(con, works, told=()):
    load(con, works, told)
    return run(con, "later")


def from_scratch(con, *world):
    forget(con)
    load(con, *world)
    run(con, threads=1)
    return state(con)


def state(con):
    """What was decided, authors told apart by their smallest mention."""
    found = {name: rows_of(con, f"resolved.{name}") for name in ("links", "mention_places", "unmet_corrections")}
    found["cohesion"] = con.execute(
        "SELECT min(mention_id), any_value(author.mentions), any_value(author.cohesion) FROM resolved.author_mentions"
        " FULL JOIN resolved.authors AS author USING (author_id) GROUP BY author_id ORDER BY ALL"
    ).fetchall()
    found["people"] = con.execute(
        "SELECT mention_id, min(mention_id) OVER (PARTITION BY author_id), probability FROM resolved.author_mentions"
        " ORDER BY ALL"
    ).fetchall()
    return found


def rows_of(con, name):
    return con.execute(f"FROM {name} ORDER BY ALL").fetchall()


def ids(con):
    return dict(con.execute("SELECT mention_id, author_id FROM resolved.author_mentions").fetchall())


def people_of(con):
    groups = {}
    for mention, author in ids(con).items():
        groups.setdefault(author, set()).add(mention)
    return sorted(groups.values(), key=min)


def redirects(con):
    return dict(con.execute("SELECT old_author_id, author_id FROM resolved.author_redirects").fetchall())


def rules_of_ids_hold(con):
    living = set(ids(con).values())
    assert set(redirects(con).values()) <= living
    assert not living & set(redirects(con))
    minted, retired = (
        [
            row[0]
            for row in con.execute("SELECT author_id FROM resolved.author_history WHERE event = ?", [event]).fetchall()
        ]
        for event in ("minted", "retired")
    )
    assert len(minted) == len(set(minted))
    assert living == set(minted) - set(retired)


@pytest.mark.parametrize("whole_block", [2_500, 4])
@settings(max_examples=6 * MANY, **UNHURRIED)
@given(history=histories)
def test_what_changed_gives_the_people_of_everything(connection, fresh_connection, whole_block, history):
    forget(connection)
    with mock.patch.object(blocking, "WHOLE_BLOCK", whole_block):
        for number, world in enumerate(worlds(history)):
            load(connection, *world)
            counts = run(connection, f"run {number}")
            rules_of_ids_hold(connection)
            if number:
                assert "incremental_run" in counts
                assert state(connection) == from_scratch(fresh_connection, *world)


@settings(max_examples=5 * MANY, **UNHURRIED)
@given(works=libraries, shuffler=st.randoms())
def test_days_in_any_order_give_the_people_of_one_go(connection, fresh_connection, works, shuffler):
    days = sorted({paper["day"] for paper in works.values()})
    shuffler.shuffle(days)
    forget(connection)
    for count, day in enumerate(days, start=1):
        before = set(ids(connection).values())
        load(connection, {n: paper for n, paper in works.items() if paper["day"] in days[:count]})
        run(connection, f"day {day}")
        rules_of_ids_hold(connection)
        assert before <= set(ids(connection).values()) | set(redirects(connection))
    assert state(connection) == from_scratch(fresh_connection, works)


@settings(max_examples=5 * MANY, **UNHURRIED)
@given(works=libraries)
def test_days_in_order_give_the_ids_of_one_go(connection, fresh_connection, works):
    """To every author whose earliest mention was the earliest of its author in every run since it came."""
    order = {f"arxiv:{n}#{k}": (paper["day"], f"arxiv:{n}#{k}") for n, paper in works.items() for k in range(1, 5)}
    forget(connection)
    led = set(order)
    for day in sorted({paper["day"] for paper in works.values()}):
        load(connection, {n: paper for n, paper in works.items() if paper["day"] <= day})
        run(connection, f"day {day}")
        led -= {mention for members in people_of(connection) for mention in members - {min(members, key=order.get)}}
    from_scratch(fresh_connection, works)
    day_by_day, in_one_go = ids(connection), ids(fresh_connection)
    firsts = [min(members, key=order.get) for members in people_of(connection)]
    assert {first: day_by_day[first] for first in firsts if first in led} == {
        first: in_one_go[first] for first in firsts if first in led
    }


def test_a_run_with_nothing_new_changes_nothing_and_writes_no_history(resolved):
    before = {name: rows_of(resolved, name) for name in KEPT}
    counts = run(resolved, "again")
    assert {name: rows_of(resolved, name) for name in KEPT} == before
    assert (counts["changed_mentions"], counts["resolved_mentions"]) == (0, 0)


def test_a_day_resolves_only_what_it_can_reach(resolved):
    counts = run_with(resolved, {**WORKS, 4: {**OLDER, "authors": ["Quentin Brzezicki", "Ada Quist"]}})
    assert (counts["changed_mentions"], counts["resolved_mentions"], counts["blocks"]) == (2, 3, 2)


RARE = "Quentin Brzezicki"
OTHER_UNITS = {
    # A whole block is three mentions here: these names are in units of their own.
    "an initial": ("Z. Thackeray", "Zenobia Thackeray", ["Zara Thackeray", "Zelda Thackeray"]),
    "a spelling": ("Zenobya Thackeray", "Zenobia Thackeray", ["Zara Thackeray", "Zelda Thackeray"]),
    "a short form": ("Mike Oyelaran", "Michael Oyelaran", ["Mark Oyelaran", "Max Oyelaran"]),
    "another form of the name": ("Bob Oyelaran", "Robert Oyelaran", []),
}


@pytest.mark.parametrize("kind", OTHER_UNITS)
def test_a_new_mention_meets_its_partner_in_another_unit(connection, fresh_connection, kind):
    new, known, others = OTHER_UNITS[kind]
    paper = {"orcid": None, "day": 1}
    works = {
        0: {**paper, "title": "Sparse grids", "authors": [known, RARE]},
        1: {**paper, "title": "Sparse grids again", "authors": [known, RARE]},
        **{k: {**paper, "title": "Heavy bosons", "authors": [name]} for k, name in enumerate(others * 2, start=2)},
    }
    with mock.patch.object(blocking, "WHOLE_BLOCK", 3):
        forget(connection)
        load(connection, works)
        run(connection)
        works[9] = {**paper, "title": "Sparse grids", "authors": [new, RARE]}
        counts = run_with(connection, works)
        assert "incremental_run" in counts
        assert {"arxiv:0#1", "arxiv:1#1", "arxiv:9#1"} in people_of(connection)
        assert state(connection) == from_scratch(fresh_connection, works)


def test_older_works_that_come_late_change_no_id(resolved):
    before = ids(resolved)
    counts = run_with(resolved, {**WORKS, 0: OLDER})
    after = ids(resolved)
    assert {mention: after[mention] for mention in before} == before
    assert after["arxiv:0#1"] == before["arxiv:1#1"]
    assert "minted_authors" not in counts


def test_a_correction_acts_when_it_comes_and_stops_when_it_is_withdrawn(resolved):
    before = people_of(resolved)
    run_with(resolved, WORKS, [("same", "arxiv:1#2", "arxiv:3#1")])
    assert {"arxiv:1#2", "arxiv:2#2", "arxiv:3#1"} in people_of(resolved)
    counts = run_with(resolved, WORKS)
    assert people_of(resolved) == before
    assert "incremental_run" in counts
    rules_of_ids_hold(resolved)


def test_another_model_or_method_resolves_everything_once_and_says_so(resolved, monkeypatch):
    monkeypatch.setattr(people, "method", lambda: "another")
    assert run(resolved)["refit_run"] == 1
    assert run(resolved)["incremental_run"] == 1
    rows = resolved.execute("SELECT mode, method, resolved_mentions FROM resolved.resolutions").fetchall()
    assert sorted((mode, method == "another", mentions) for mode, method, mentions in rows) == [
        ("first", False, 5),
        ("incremental", True, 0),
        ("refit", True, 5),
    ]


def test_when_much_has_changed_everything_is_resolved(resolved, monkeypatch):
    monkeypatch.setattr(changes, "MOST_CHANGED", 0.2)
    assert run_with(resolved, {**WORKS, 0: OLDER})["full_run"] == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE staging.mentions SET raw_name = 'Zoë Thackeray' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.mentions SET given = 'Zoë' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.mentions SET family = 'Thacker' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.mentions SET raw_affiliation = 'A lab' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.mentions SET orcid = '0000-0002-1825-0097' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.works SET title = 'Another' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.works SET abstract = 'We study it.' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.works SET first_submitted_at = '2001-01-01' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.works SET venue = 'A journal' WHERE work_id = 'arxiv:3'",
        "UPDATE staging.works SET journal_ref = 'J. 1' WHERE work_id = 'arxiv:3'",
        "INSERT INTO staging.work_topics VALUES ('arxiv:3', 'arxiv', 'cs.LG', 'Machine Learning', true)",
        "INSERT INTO staging.work_references VALUES ('arxiv:3', 'W1', NULL)",
    ],
)
def test_whatever_the_resolver_reads_is_in_the_fingerprint(resolved, change):
    resolved.execute(change)
    log_changes(resolved, ["arxiv:3"])
    assert run(resolved)["changed_mentions"] == 1


def test_some_works_are_read_as_all_are(built_world):
    with built_world.warehouse.write() as con:
        whole = [pl.DataFrame(table) for table in resolver_input(con)]
        with frame_as(con, "chosen", whole[0].select("mention_id")):
            some = [pl.DataFrame(table) for table in resolver_input(con, "chosen")]
    for every, chosen, key in zip(whole, some, ("mention_id", "work_id"), strict=True):
        assert chosen.height > 0
        assert chosen.sort(key).equals(every.sort(key))
