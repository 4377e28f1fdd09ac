"""Days fetched from a replica: what OAI-PMH adds, what OpenAlex is asked and not asked, what a spent budget leaves."""

import subprocess
import sys
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from pipeline.replica import FaultPlan, running
from pipeline.sources.arxiv import ArxivSource
from pipeline.sources.budget import LIST_DOLLARS, Budget
from pipeline.sources.errors import BudgetSpentError, PlanRefusedError
from pipeline.sources.landing import Landing
from pipeline.sources.ledger import LEDGER, Kind, Ledger
from pipeline.sources.oai import OaiSource
from pipeline.sources.openalex import OpenAlexSource
from pipeline.steps import bylines, fetching, works

from .bench import Bench
from .small_world import ADA, AUTHORS, PAPERS, WORKS, json_lines, paper, work, write_world

SINCE, UNTIL = date(2021, 3, 1), date(2021, 3, 5)
AFTER = timedelta(days=1)


class Day:
    """One process of one day: a landing that lasts, sources of its own."""

    def __init__(self, data, urls, dollars=None):
        self.bench = Bench(data)
        self.ledger = Ledger(data / "raw" / LEDGER)
        self.budget = Budget(dollars=dollars, ledger=self.ledger)
        self.arxiv = ArxivSource(data, url=urls.arxiv)
        self.oai = OaiSource(data, url=urls.oai)
        self.openalex = OpenAlexSource(data, url=urls.openalex, budget=self.budget)

    def papers(self, since=SINCE, until=UNTIL):
        return fetching.land_papers(self.bench.landing, self.arxiv, since, until)

    def changes(self, since=SINCE, until=UNTIL, **kwargs):
        return fetching.land_changes(self.bench.landing, self.oai, since, until, **kwargs)

    def join(self):
        self.bench.read()
        with self.bench.warehouse.write() as con:
            works.build_works(con, run_id="run")
            bylines.build_mentions(con, run_id="run")

    def works(self, since=SINCE, until=UNTIL, **kwargs):
        return fetching.land_works(self.bench.landing, self.ledger, self.openalex, since, until, **kwargs)


@pytest.fixture
def on(tmp_path):
    """A day over a world of its own, in a data folder that stays."""

    @contextmanager
    def day(papers=PAPERS, listed=WORKS, *, authors=AUTHORS, faults="", merged=(), dollars=None):
        folder = write_world(tmp_path / "world", papers=papers)
        (folder / "openalex_works.jsonl").write_bytes(json_lines(listed))
        (folder / "openalex_authors.jsonl").write_bytes(json_lines(authors))
        (folder / "openalex_merged.jsonl").write_bytes(json_lines(list(merged)))
        with running(folder, faults=FaultPlan.parse(faults)) as urls:
            yield Day(tmp_path / "data", urls, dollars)

    return day


def created(*days):
    return [
        {"version": f"v{number}", "created": f"{day:%a, %d %b %Y} 09:30:00 GMT", "size": f"{number}kb"}
        for number, day in enumerate(days, start=1)
    ]


def lists(fetched):
    """The questions that were paid for."""
    return round(fetched.notes["spent_dollars"] / LIST_DOLLARS)


def test_an_update_keeps_the_earlier_versions_and_brings_what_only_oai_tells(on):
    first, second, third = date(2021, 3, 1), date(2021, 3, 2), date(2021, 3, 4)
    licence = "http://creativecommons.org/licenses/by/4.0/"
    young = paper("2103.00001", [ADA], versions=created(first, second), update_date="2021-03-02", license=licence)
    old = young | {"versions": created(first, second, third), "update_date": "2021-03-04"}
    old["versions"][-1]["source_type"] = "I"
    with on([young]) as day:
        day.papers(first, second)
        day.changes(first, second)
        day.join()
        before = day.bench.rows("SELECT version, submitted_at, size_bytes FROM staging.work_versions ORDER BY 1")
        assert [row[0] for row in before] == [1, 2]
    with on([old]) as day:
        # The API names the first version and the newest; the second is known from the day before.
        day.papers(first, first)
        day.join()
        assert day.bench.rows("SELECT version, size_bytes FROM staging.work_versions ORDER BY 1") == [
            (1, 1024),
            (2, 2048),
            (3, None),
        ]
        day.changes(third, third)
        day.join()
        after = day.bench.rows("SELECT version, submitted_at, size_bytes FROM staging.work_versions ORDER BY 1")
        assert after[:2] == before
        assert [(row[0], row[2]) for row in after] == [(1, 1024), (2, 2048), (3, 3072)]
        assert day.bench.rows("SELECT license, is_withdrawn FROM staging.works") == [(licence, True)]
        assert day.bench.rows("SELECT submitter FROM staging.arxiv_records WHERE source = 'arxiv_oai'") == [
            ("Ada Byron",)
        ]


def test_a_withdrawal_that_only_oai_tells_outlives_a_later_page_of_the_api(on):
    withdrawn = paper("2103.00001", [ADA], versions=created(SINCE, date(2021, 3, 4)), update_date="2021-03-04")
    withdrawn["versions"][-1]["source_type"] = "I"
    with on([withdrawn]) as day:
        day.changes()
        day.papers()
        day.join()
        assert day.bench.rows("SELECT is_withdrawn FROM staging.works") == [(True,)]


def test_a_value_traces_to_the_door_that_gave_it(on):
    licensed = paper("2103.00001", [[*ADA, "University of London"]], license="http://arxiv.org/licenses/x/1.0/")
    with on([licensed]) as day:
        day.changes()
        day.papers()
        day.join()
        doors = dict(day.bench.rows("SELECT field, source FROM staging.field_sources"))
        fetched = day.bench.rows(
            "SELECT origin.field FROM staging.field_sources AS origin INNER JOIN staging.arxiv_records AS record"
            " ON origin.source = record.source AND origin.record_id = record.arxiv_id"
            " AND origin.fetched_at = record.fetched_at ORDER BY ALL"
        )
        assert [doors[field] for field in ("title", "byline", "license", "submitter")] == [
            *["arxiv_atom"] * 2,
            *["arxiv_oai"] * 2,
        ]
        assert [field for (field,) in fetched] == sorted(doors)


def test_affiliations_that_only_the_api_gives_outlive_a_later_record_without_them(on):
    affiliated = paper("2103.00001", [[*ADA, "University of London"]], update_date="2021-03-02")
    with on([affiliated]) as day:
        day.papers()
        day.changes()
        day.join()
        doors = {row[0] for row in day.bench.rows("SELECT source FROM staging.arxiv_records")}
        assert doors == {"arxiv_atom", "arxiv_oai"}
        assert day.bench.rows("SELECT raw_affiliation FROM staging.mentions WHERE position = 1") == [
            ("University of London",)
        ]


def test_a_settled_day_of_changes_is_not_asked_for_again(on):
    with on() as day:
        assert day.changes().received == 10
        again = day.changes()
        assert (again.received, again.pages, again.notes["days_kept"]) == (0, 0, 5)
        assert day.changes(again=True).received == 10


def test_a_day_of_changes_that_may_still_grow_is_asked_for_again(on, monkeypatch):
    monkeypatch.setattr(fetching, "SETTLED_DAYS", 10_000)
    with on() as day:
        day.changes()
        assert day.changes().notes["days_kept"] == 0


def test_a_day_whose_list_came_again_unchanged_once_it_was_settled_is_kept(tmp_path):
    landing = Landing(tmp_path)
    window = landing.commit("arxiv_oai", "2021-03-01/2021-03-01", [])
    (path,) = (tmp_path / "windows").rglob("*.json")
    path.write_text(path.read_text().replace(window.completed_at.isoformat(), "2021-03-02T06:30:00+00:00"))
    assert fetching.settled_days(landing) == set()
    landing.commit("arxiv_oai", "2021-03-01/2021-03-01", [])
    assert fetching.settled_days(landing) == {SINCE}


def test_each_day_has_its_own_count(on):
    days = [date(2021, 3, number) for number in range(1, 6)]
    with on() as day:
        fetched = day.papers(), day.changes(), day.works()
    assert [[one.days[day] for day in days] for one in fetched] == [
        [4, 3, 3, 0, 0],
        [0, 0, 0, 10, 0],
        [0, 8, 0, 0, 0],
    ]
    assert all(list(one.days) == days for one in fetched)


def test_what_was_asked_is_not_asked_again_on_the_next_day(on):
    with on() as day:
        day.papers()
        first = day.works()
    with on() as day:
        second = day.works()
    assert lists(first) > lists(second) == 1
    assert (first.notes["authors_received"], second.notes["authors_received"]) == (1, 0)
    assert (first.notes["institutions_received"], second.notes["institutions_received"]) == (2, 0)


def test_a_missing_paper_is_asked_for_after_thirty_days_then_after_ninety(on):
    def asked_on(later):
        with on(listed=[], authors=[]) as day:
            return day.works(UNTIL + later, UNTIL + later).notes["asked_again"]

    with on(listed=[], authors=[]) as day:
        day.papers()
        day.works()
    assert asked_on(timedelta(days=29)) == 0
    assert asked_on(timedelta(days=30)) == 9
    assert asked_on(timedelta(days=119)) == 0
    assert asked_on(timedelta(days=120)) == 9
    with on() as day:
        assert day.works(UNTIL + timedelta(days=210), UNTIL + timedelta(days=210)).notes["works_found"] > 3
    # What is by the title and byline alone the paper's is no answer to a question by its ids.
    assert asked_on(timedelta(days=400)) < 9


def test_a_paper_that_gets_a_doi_is_looked_up_once_more(on):
    unpublished = paper("2103.00001", [ADA], update_date="2021-03-02")
    published = unpublished | {"doi": "10.1234/weave.1", "update_date": "2021-03-04"}
    elsewhere = work(101, "Analytical engines", ["Ada Byron"], doi="https://doi.org/10.1234/weave.1", locations=[])
    with on([unpublished], [elsewhere]) as day:
        day.changes(SINCE, date(2021, 3, 3))
        assert day.works(SINCE, date(2021, 3, 3)).notes["works_found"] == 0
    with on([published], [elsewhere]) as day:
        day.changes(date(2021, 3, 4), UNTIL)
        assert day.works(date(2021, 3, 4), UNTIL).notes["works_found"] == 1


def test_authors_are_refreshed_when_a_work_names_them_long_after(on):
    later = UNTIL + timedelta(days=180)
    with on() as day:
        day.works()
    recent = WORKS[0] | {"publication_date": later.isoformat()}
    with on(listed=[recent]) as day:
        assert day.works(later - AFTER, later - AFTER).notes["authors_received"] == 0
        assert day.works(later, later).notes["authors_received"] == 1


def test_a_merged_author_is_followed_and_a_deleted_one_remembered(on):
    heir = AUTHORS[0] | {"id": "https://openalex.org/A5000000009"}
    merged = {"id": "https://openalex.org/A5000000001", "merge_into_id": "https://openalex.org/A5000000009"}
    with on(authors=[heir], merged=[merged]) as day:
        assert day.works().notes["authors_received"] == 1
        assert day.ledger.missing(Kind.AUTHOR, UNTIL + timedelta(days=400), bound=9) == {}
        day.bench.read()
        assert day.bench.rows("SELECT openalex_author_id FROM staging.openalex_authors") == [("A5000000009",)]


def test_a_deleted_author_is_asked_for_again_later(on):
    with on(authors=[]) as day:
        assert day.works().notes["authors_received"] == 0
        assert list(day.ledger.missing(Kind.AUTHOR, UNTIL + timedelta(days=30), bound=9)) == ["A5000000001"]


def test_a_work_that_was_merged_gives_way_to_its_heir_and_a_deleted_one_goes(on):
    later = UNTIL + timedelta(days=180)
    heir = WORKS[0] | {"id": "https://openalex.org/W901", "publication_date": "2020-01-01"}
    merged = {"id": "https://openalex.org/W101", "merge_into_id": "https://openalex.org/W901"}
    with on() as day:
        day.works()
        day.join()
    # W101 was merged into W901, W102 was deleted, the others are as they were.
    with on(listed=[heir, *WORKS[2:]], merged=[merged]) as day:
        assert day.works(later - AFTER, later - AFTER).notes["works_gone"] == 0
        assert day.works(later, later).notes["works_gone"] == 2
        day.join()
        held = {row[0] for row in day.bench.rows("SELECT openalex_id FROM staging.openalex_works")}
        assert held == {"W901", "W103", "W104", "W105", "W106", "W108"}


def test_a_spent_day_loses_nothing_and_the_next_asks_only_for_the_rest(on):
    with on(faults="budget_after=2,api=openalex") as day:
        day.papers()
        with pytest.raises(BudgetSpentError, match="renews at midnight UTC"):
            day.works(part_days=1)
        assert day.budget.spent_dollars == pytest.approx(2 * LIST_DOLLARS)
    with on() as day:
        resumed = day.works(part_days=1)
        assert day.ledger.finished_parts(f"{SINCE}/{UNTIL}") == set()
        day.join()
        assert day.bench.rows("SELECT count(*) FROM staging.openalex_works") == [(7,)]
    # Each day is a part here, and a call; three were left.
    assert [date(2021, 3, number) in resumed.days for number in range(1, 6)] == [False, False, True, True, True]


def test_authors_wait_when_the_money_ends_behind_the_works(on):
    with on() as day:
        day.papers()
        everything = lists(day.works())
    day.ledger.path.unlink()
    with on(faults=f"budget_after={everything - 1},api=openalex") as day:
        done = day.works()
        assert (done.notes["budget_spent"], done.notes["things_waiting"]) == (1, 2)
    with on() as day:
        assert day.works(UNTIL + AFTER, UNTIL + AFTER).notes["institutions_received"] == 2


def test_our_own_bound_is_that_of_all_processes(on):
    with on(dollars=0.0002) as day:
        day.papers()
        with pytest.raises(BudgetSpentError, match=r"budget of \$0.0002 is spent"):
            day.works(part_days=1)
    with on(dollars=0.0002) as day:
        with pytest.raises(BudgetSpentError, match="is spent"):
            day.works(part_days=1)
        assert day.budget.calls == 0


def test_a_question_that_fails_is_not_booked(on, monkeypatch):
    with on(faults="html200=1,times=1,api=openalex", dollars=1.0) as day:
        monkeypatch.setattr("time.sleep", lambda _seconds: None)
        day.works()
    with on() as day:
        calls, dollars = day.ledger.spent("anonymous", date.today().isoformat())  # noqa: DTZ011 - may be off at midnight
        assert dollars <= calls * 0.0001


def test_two_processes_cannot_spend_the_same_money(tmp_path):
    program = (
        "import sys; from pathlib import Path; from pipeline.sources.ledger import Ledger\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "print(sum(ledger.book('a', '2021-03-01', 0.1, 2.05) for _ in range(15)))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "l")], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    booked = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(booked) == 20
    assert Ledger(tmp_path / "l").spent("a", "2021-03-01") == (20, pytest.approx(2.0))


def test_a_plan_refusal_is_told_at_once(on):
    with on() as day, pytest.raises(PlanRefusedError, match="larger plan"):
        list(day.openalex._works({"from_updated_date": "2021-03-01"}, "2021-03-01/2021-03-01"))
