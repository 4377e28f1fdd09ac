"""Landed pages into staging: nothing lost, nothing doubled, the newest record wins whatever came first."""

import json
import shutil
from datetime import timedelta

import polars as pl
import pytest

from pipeline.normalise.records import arxiv_records
from pipeline.sources.errors import LandingError
from pipeline.sources.pages import MAX_PAYLOAD_CHARS, RawPage, Source
from pipeline.sources.parsing import parse_page
from pipeline.steps import pages
from warehouse import query

from .bench import START, Bench
from .small_world import ADA, INSTITUTIONS, JOSE, ORCID_ADA, PAPERS, WORKS, authorship, json_lines, paper, work

V1 = [{"version": "v1", "created": "Mon, 1 Mar 2021 09:30:00 GMT"}]
V2 = [*V1, {"version": "v2", "created": "Tue, 2 Mar 2021 10:00:00 GMT"}]


def titles(bench):
    return bench.rows("SELECT version, title FROM staging.arxiv_records")


def test_every_door_of_arxiv_is_among_the_pages_of_a_record():
    doors = [source.value for source in Source if source.value.startswith("arxiv_")]
    assert [door for door in doors if f"source = '{door}'" not in query("staging/record_pages")] == []


def test_received_is_accepted_and_rejected(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS) + b"no json at all\n")
    bench.land(Source.OPENALEX_WORKS, json_lines(WORKS), minutes=1)
    received = bench.read()
    assert received.as_counts() == {"pages_read": 2, "received": 19, "accepted": 16, "rejected": 3}
    assert bench.rows("SELECT source, received, accepted, rejected FROM staging.page_loads ORDER BY 1") == [
        ("arxiv_snapshot", 11, 9, 2),
        ("openalex_works", 8, 7, 1),
    ]
    rejected = "SELECT source, record_id, rule, run_id FROM staging.rejected ORDER BY ALL"
    assert bench.rows(rejected) == [
        ("arxiv_snapshot", "2103.00010", "missing_title", "run"),
        ("arxiv_snapshot", None, "not_json", "run"),
        ("openalex_works", "https://openalex.org/W107", "missing_title", "run"),
    ]


def test_a_reject_is_kept_as_it_was_received(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([paper("2103.00010", [ADA], title=" ")]))
    bench.read()
    ((payload, detail),) = bench.rows("SELECT payload, detail FROM staging.rejected")
    assert json.loads(payload) == paper("2103.00010", [ADA], title=" ")
    assert detail.startswith("title: ")


def test_a_very_long_reject_is_cut(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([paper("2103.00010", [["x" * 10_000_000, "Ada", ""]])]))
    bench.read()
    assert bench.rows("SELECT rule, length(payload) FROM staging.rejected") == [("oversize_text", MAX_PAYLOAD_CHARS)]
    assert bench.rows("SELECT count(*) FROM staging.arxiv_records") == [(0,)]


@pytest.mark.parametrize(
    "title",
    [
        "'; DROP TABLE staging.works; --",
        "null byte \x00 and bell \x07 and \u202e backwards",
        "../../../etc/passwd ${jndi:ldap://x} {{7*7}} %s",
        "\ud83d\ude00 \U0001f600 \U0001d49c \ufb01",
    ],
)
def test_hostile_text_is_stored_as_text_or_rejected(bench, title):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([paper("2103.00001", [ADA], title=title), *PAPERS[1:2]]))
    received = bench.read()
    assert (received.accepted + received.rejected, received.accepted >= 1) == (2, True)
    assert len(bench.rows("SELECT * FROM staging.arxiv_records")) == received.accepted


@pytest.mark.parametrize("arxiv_id", ["../../etc/passwd", "2103.00001'; --", "2113.00001", "", None])
def test_an_id_that_is_none_is_rejected(bench, arxiv_id):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([paper(arxiv_id, [ADA])]))
    assert bench.read().as_counts() == {"pages_read": 1, "received": 1, "accepted": 0, "rejected": 1}
    assert bench.rows("SELECT rule FROM staging.rejected") == [("bad_arxiv_id",)]


@pytest.mark.parametrize(
    "numbers",
    [
        {"publication_year": 10**12},
        {"cited_by_count": 10**30},
        {"cited_by_count": -1},
        {"publication_date": "0000-00-00"},
        {"authorships": {"not": "a list"}},
        {"updated_date": "yesterday"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_work_that_no_table_can_hold_is_rejected_and_its_neighbours_are_not(bench, numbers):
    bench.land(Source.OPENALEX_WORKS, json_lines([WORKS[0], work(1, "A title", ["Ada Byron"], **numbers)]))
    assert bench.read().as_counts() == {"pages_read": 1, "received": 2, "accepted": 1, "rejected": 1}
    assert bench.rows("SELECT openalex_id FROM staging.openalex_works") == [("W101",)]


def test_reading_again_changes_nothing(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    bench.read()
    before = bench.contents()
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    assert bench.read(run_id="another") == pages.Received()
    assert bench.contents() == before


def test_the_same_page_in_two_windows_is_read_once(bench):
    body = json_lines(PAPERS[:1])
    bench.land(Source.ARXIV_SNAPSHOT, body)
    (page,) = bench.landing.pages(next(bench.landing.windows()))
    bench.landing.commit(page.source, "another window", [page])
    assert bench.read().pages == 1
    assert bench.rows("SELECT count(*), count(DISTINCT page_id) FROM raw.pages") == [(2, 1)]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)], ids=str)
def test_an_older_version_never_replaces_a_newer_one(bench, order):
    pages_ = [
        json_lines([paper("2103.00001", [ADA], title="Old", versions=V1)]),
        json_lines([paper("2103.00001", [ADA, JOSE], title="New", versions=V2)]),
        json_lines([paper("2103.00001", [ADA], title="Old again", versions=V1)]),
    ]
    for minutes, number in enumerate(order):
        bench.land(Source.ARXIV_SNAPSHOT, pages_[number], minutes=minutes)
        bench.read()
    assert titles(bench) == [(2, "New")]
    assert bench.rows("SELECT version FROM staging.arxiv_versions ORDER BY 1") == [(1,), (2,)]


@pytest.mark.parametrize("order", [1, -1])
def test_an_older_version_on_the_same_page_neither(bench, order):
    lines = [paper("2103.00001", [ADA], title=f"v{len(v)}", versions=v) for v in (V1, V2)]
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(lines[::order]))
    assert bench.read().accepted == 2
    assert titles(bench) == [(2, "v2")]


def test_of_one_version_a_later_update_date_does_not_beat_a_later_fetch(bench):
    late_dates = [{"version": "v1", "created": "Mon, 1 Mar 2027 09:30:00 GMT"}]
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([paper("2103.00001", [ADA], title="Before", versions=late_dates)]))
    bench.read()
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([paper("2103.00001", [ADA], title="After")]), minutes=9)
    bench.read()
    assert titles(bench) == [(1, "After")]


def test_of_one_version_the_page_fetched_last_wins_even_if_it_is_read_first(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([paper("2103.00001", [ADA], title="Later")]), minutes=9)
    bench.read()
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([paper("2103.00001", [ADA], title="Earlier")]), minutes=1)
    bench.read()
    assert titles(bench) == [(1, "Later")]


@pytest.mark.parametrize("full_first", [True, False])
def test_a_cut_byline_never_replaces_the_full_one_of_the_same_record(bench, full_first):
    full = json_lines([work(1, "A title", ["Ada Byron", "Wei Zhang"])])
    cut = json_lines([work(1, "A title", ["Ada Byron"], is_authors_truncated=True)])
    for minutes, body in enumerate([full, cut] if full_first else [cut, full]):
        bench.land(Source.OPENALEX_WORKS, body, minutes=minutes)
        bench.read()
    assert bench.rows("SELECT len(byline), is_byline_truncated FROM staging.openalex_works") == [(2, False)]


@pytest.mark.parametrize("record_first", [True, False])
def test_a_bare_mention_of_an_institution_never_replaces_its_record(bench, record_first):
    place = {"id": "https://openalex.org/I2", "display_name": "Academia"}
    named = json_lines([work(1, "A title", [{"raw_author_name": "Ada Byron", "institutions": [place]}])])
    landed = [(Source.OPENALEX_INSTITUTIONS, json_lines(INSTITUTIONS)), (Source.OPENALEX_WORKS, named)]
    for minutes, (source, body) in enumerate(landed if record_first else landed[::-1]):
        bench.land(source, body, minutes=minutes)
        bench.read()
    institution = "SELECT display_name, country_code FROM staging.openalex_institutions WHERE institution_id = 'I2'"
    assert bench.rows(institution) == [("Real Academia", "ES")]


@pytest.mark.parametrize(
    ("source", "thing", "table"),
    [
        (Source.OPENALEX_AUTHORS, {"id": "https://openalex.org/A5000000009"}, "staging.openalex_authors"),
        (Source.OPENALEX_INSTITUTIONS, {"id": "https://openalex.org/I9"}, "staging.openalex_institutions"),
    ],
    ids=["author", "institution"],
)
def test_a_snapshot_that_is_older_than_what_the_api_gave_replaces_nothing(bench, source, thing, table):
    told = [("Of October", "2026-10-01T10:00:00"), ("Of June", "2026-06-01T10:00:00"), ("Of November", "2026-11-01")]
    seen = []
    for minutes, (name, day) in enumerate(told):
        bench.land(source, json_lines([thing | {"display_name": name, "updated_date": day}]), minutes=minutes)
        bench.read()
        seen += bench.rows(f"SELECT display_name FROM {table}")
    assert seen == [("Of October",), ("Of October",), ("Of November",)]


def test_the_orcid_of_a_profile_is_no_evidence_about_a_work(bench):
    name = authorship("Ada Byron") | {"author": {"id": "https://openalex.org/A1", "orcid": ORCID_ADA}}
    bench.land(Source.OPENALEX_WORKS, json_lines([work(1, "A title", []) | {"authorships": [name]}]))
    bench.read()
    assert bench.rows("SELECT byline[1].orcid, byline[1].openalex_author_id FROM staging.openalex_works") == [
        (None, "A1")
    ]


def test_a_row_that_breaks_its_contract_is_a_reject_and_its_neighbour_stays():
    papers = parse_page(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[:2])).records
    rows = arxiv_records(papers, source="arxiv_snapshot", page_id="page", fetched_at=START)
    untitled = pl.when(pl.col("arxiv_id") == "2103.00001").then(pl.lit("")).otherwise("title")
    kept, rejects = pages.held_to_contract(
        pages.Frames("staging.arxiv_records", rows.with_columns(title=untitled), pages.NEWER_ARXIV)
    )
    assert kept["arxiv_id"].to_list() == ["2103.00002"]
    assert [(reject["record_id"], reject["rule"]) for reject in rejects] == [
        ("2103.00001 arxiv_snapshot", "title|min_length")
    ]
    assert "2103.00001" in rejects[0]["payload"]


def test_a_page_that_is_gone_stops_the_run_and_loads_nothing_of_its_batch(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[:1]))
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[1:2]), minutes=1)
    gone = next(bench.landing.pages(list(bench.landing.windows())[1]))
    (bench.folder / "raw" / gone.path).unlink()
    with pytest.raises(LandingError, match="is gone; fetch its window again"):
        bench.read()
    assert bench.rows("SELECT count(*) FROM staging.arxiv_records") == [(0,)]
    assert bench.rows("SELECT count(*) FROM staging.page_loads") == [(0,)]


def test_a_run_that_stops_between_batches_is_completed_by_the_next(bench, monkeypatch):
    monkeypatch.setattr(pages, "BATCH_PAGES", 2)
    for minutes, line in enumerate(PAPERS[:5]):
        bench.land(Source.ARXIV_SNAPSHOT, json_lines([line]), minutes=minutes)
    with bench.warehouse.write() as con:
        pages.register_windows(con, bench.landing)
    stopped = pages.read_pages(bench.warehouse, bench.landing, run_id="stopped")
    assert next(stopped).pages == 2
    stopped.close()
    assert bench.read(run_id="next").pages == 3
    assert bench.rows("SELECT run_id, count(*) FROM staging.page_loads GROUP BY 1 ORDER BY 1") == [
        ("next", 3),
        ("stopped", 2),
    ]
    assert len(titles(bench)) == 5


@pytest.mark.slow
def test_processes_that_read_ahead_change_nothing(bench, tmp_path_factory, empty_warehouse, monkeypatch):
    monkeypatch.setattr(pages, "ALONE_BYTES", 0)
    monkeypatch.setattr(pages, "BATCH_PAGES", 3)
    other = Bench(tmp_path_factory.mktemp("other"))
    shutil.copy(empty_warehouse, other.folder)
    found = []
    for place, workers in ((bench, 1), (other, 2)):
        for minutes, line in enumerate([*PAPERS, paper("2103.00001", [JOSE], title="Newer", versions=V2)]):
            place.land(Source.ARXIV_SNAPSHOT, json_lines([line]), minutes=minutes)
        with place.warehouse.write() as con:
            pages.register_windows(con, place.landing)
        read = pages.read_pages(place.warehouse, place.landing, run_id="run", workers=workers)
        found.append((sum(read, pages.Received()), place.contents()))
    assert found[0] == found[1]


@pytest.mark.parametrize("batch", [1, 20])
def test_pages_written_together_give_what_they_give_one_by_one(bench, monkeypatch, batch):
    monkeypatch.setattr(pages, "BATCH_PAGES", batch)
    late_dates = [{"version": "v1", "created": "Mon, 1 Mar 2027 09:30:00 GMT"}]
    lines = [
        paper("2103.00001", [ADA], title="First", versions=late_dates),
        paper("2103.00002", [ADA], title="Another"),
        paper("2103.00001", [ADA], title="Fetched later"),
    ]
    for minutes, line in enumerate(lines):
        bench.land(Source.ARXIV_SNAPSHOT, json_lines([line]), minutes=minutes)
    assert bench.read().accepted == 3
    assert bench.rows("SELECT title FROM staging.arxiv_records ORDER BY arxiv_id") == [("Fetched later",), ("Another",)]


def test_a_page_that_another_run_has_read_meanwhile_is_left_out(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[:1]))
    with bench.warehouse.write() as con:
        pages.register_windows(con, bench.landing)
        (page_id,) = pages.unread(con)
    rows = pages.read_page(bench.landing, page_id)
    bench.read()
    with bench.warehouse.write() as con:
        assert pages.write_pages(con, [rows], run_id="late") == pages.Received()
    assert bench.rows("SELECT count(*) FROM staging.page_loads") == [(1,)]


@pytest.mark.parametrize("order", [1, -1])
def test_a_record_that_is_gone_goes_unless_it_was_fetched_later(bench, order):
    known = [(Source.OPENALEX_WORKS, json_lines([work(1, "A title", []), work(2, "Another", [])]), 0)]
    later = [
        (Source.OPENALEX_GONE, b"W1\nW2\nX9\n", 1),
        (Source.OPENALEX_WORKS, json_lines([work(2, "Another", [])]), 2),
    ]
    for source, body, minutes in [*known, *later[::order]]:
        land(bench, source, body, minutes)
        bench.read()
    assert bench.rows("SELECT openalex_id FROM staging.openalex_works") == [("W2",)]
    assert bench.rows("SELECT record_id, rule FROM staging.rejected") == [("X9", "bad_openalex_id")]


def land(bench, source, body, minutes):
    page = RawPage(
        source, f"test:{minutes}", "test", 200, "text/csv", body, START + timedelta(minutes=minutes), 3, None
    )
    bench.landing.commit(source, page.request, [bench.landing.land(page)])
