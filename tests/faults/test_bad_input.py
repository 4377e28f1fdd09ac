"""Every kind of trouble that the pipeline promises to live through, injected into the real path.

trouble                                   test
----------------------------------------  --------------------------------------------------------------------
HTML, cut-off, error entry, empty page    test_a_list_that_is_never_good_fails_its_days (OAI-PMH, OpenAlex),
                                          assets/test_troubled_sources.py (the arXiv API)
429 and 503 with Retry-After              assets/test_troubled_sources.py
a spent budget                            steps/test_fetching.py, test_a_spent_budget_leaves_arxivs_days_to_be_published
a plan refusal                            steps/test_fetching.py
a socket that never answers               test_a_socket_that_never_answers_fails_its_days
a record that breaks a rule               test_hostile_records_are_text_or_rejects, assets/test_whole_graph.py
the same record twice, an older after     assets/test_troubled_sources.py, steps/test_days.py
a byline cut at 100                       assets/test_whole_graph.py, sources/test_openalex.py
kill -9                                   test_kills.py, cli/test_operating.py, warehouse/test_processes.py
a full disk                               test_full_disk.py
a second run while one is writing         test_kills.py, warehouse/test_processes.py
a reader that holds the published file    warehouse/test_processes.py
hostile text                              test_hostile_records_are_text_or_rejects, sources/test_records.py
"""

from functools import partial

import pytest

import pipeline.resources
from pipeline.cli import sources
from pipeline.replica import FaultPlan, running
from pipeline.sources.http import HttpPolicy
from pipeline.sources.landing import Landing
from pipeline.sources.pages import Source
from pipeline.steps import bylines, works
from tests.cli.conftest import refused
from tests.steps.bench import Bench
from tests.steps.small_world import PAPERS, TITLES, json_lines, paper, write_world

DOORS = {
    "oai": ("raw__arxiv_changes", "arxiv_oai"),
    "openalex": ("raw__openalex_pages", "openalex_works"),
    "arxiv": ("raw__arxiv_pages", "arxiv_atom"),
}


def failures(result):
    return {
        event.step_key: event.step_failure_data.user_failure_data.description
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.user_failure_data
    }


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("api", ["oai", "openalex"])
@pytest.mark.parametrize("fault", ["html200", "truncated", "empty_page"])
def test_a_list_that_is_never_good_fails_its_days(operator, tmp_path, api, fault):
    # One day: the list that the replica empties must be one that has records.
    changed = [line | {"update_date": "2021-03-02"} for line in PAPERS]
    with operator.replica(write_world(tmp_path / "world", papers=changed), f"{fault}=1,times=always,api={api}"):
        result = operator.fetch("2021-03-02", "2021-03-02")
    step, source = DOORS[api]
    said = failures(result)
    assert set(said) == {step}
    assert len(said[step].splitlines()) == 1
    landing = Landing(operator.data / "raw")
    assert list(landing.windows(source)) == []
    assert {page.source for page in landing.refused()} == {source}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("api", DOORS)
def test_a_socket_that_never_answers_fails_its_days(operator, world_folder, monkeypatch, api):
    hasty = partial(HttpPolicy, tries=1, read_timeout_seconds=0.2)
    monkeypatch.setattr(pipeline.resources, "HttpPolicy", hasty)
    with operator.replica(world_folder, f"stall=1,times=always,api={api}"):
        result = operator.fetch("2021-03-02", "2021-03-02")
    step, source = DOORS[api]
    assert "did not answer in 0.2 s" in failures(result)[step]
    assert list(Landing(operator.data / "raw").windows(source)) == []


def test_a_spent_budget_leaves_arxivs_days_to_be_published(shell, world_folder, monkeypatch):
    published = []
    monkeypatch.setattr(sources, "transform", published.append)
    said = []
    for faults in ("budget_after=0,api=openalex", ""):
        with running(world_folder, faults=FaultPlan.parse(faults)) as urls:
            shell.set(PIPELINE_ARXIV_URL=urls.arxiv, PIPELINE_OAI_URL=urls.oai, PIPELINE_OPENALEX_URL=urls.openalex)
            said.append(shell("backfill", "--from", "2021-03-01", "--to", "2021-03-03"))
    assert [one.code for one in said] == [1, 0]
    assert "renews at midnight UTC" in refused(said[0])
    assert len(published) == 2
    # The second time arXiv was not asked: its days were complete.
    assert "0 arXiv papers received on 0 pages" in said[1].out
    assert "7 OpenAlex works" in said[1].out


HOSTILE = [
    paper("2103.00001", [["Byron", "Ada", ""]], title="'); DROP TABLE staging.works; --"),
    paper("2103.00002", [["x" * 10_000_000, "Ada", ""]]),
    paper("../../../etc/passwd", [["Byron", "Ada", ""]]),
    paper("2103.00003", [["By\u0000ron\u202e", "A\u0007da", ""]], title="A\u0000 title \u001b[31min\u200b red"),
    paper("2103.00004", [["{{7*7}}", "${jndi:ldap://x}", ""]], abstract="=HYPERLINK(1) <script>alert(1)</script>"),
    paper("2103.00005", [["Byron", "Ada", ""]], title="\ud800 alone"),
]


def test_hostile_records_are_text_or_rejects(tmp_path):
    bench = Bench(tmp_path)
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(HOSTILE))
    bench.read()
    with bench.warehouse.write() as con:
        works.build_works(con, run_id="run")
        bylines.build_mentions(con, run_id="run")
    assert bench.rows("SELECT rule, substr(record_id, 1, 10) FROM staging.rejected ORDER BY 1") == [
        ("bad_arxiv_id", "../../../e"),
        ("not_json", None),
        ("oversize_text", "2103.00002"),
    ]
    assert bench.rows("SELECT arxiv_id, title FROM staging.works ORDER BY 1") == [
        ("2103.00001", "'); DROP TABLE staging.works; --"),
        ("2103.00003", "A title [31min red"),
        ("2103.00004", TITLES["2103.00004"]),
    ]
    assert bench.rows("SELECT raw_name FROM staging.mentions WHERE work_id = 'arxiv:2103.00003'") == [("Ada Byron",)]
    assert bench.rows("SELECT sum(received - accepted - rejected), sum(received) FROM staging.page_loads") == [(0, 6)]
    assert not list(tmp_path.rglob("*passwd*"))
