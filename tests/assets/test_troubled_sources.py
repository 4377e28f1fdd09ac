"""Sources that misbehave: what passes is waited out, what stays fails the days and leaves nothing half-loaded."""

import pytest

from pipeline.schedules import range_tags
from pipeline.sources.landing import Landing
from pipeline.sources.parsing import parse_page
from tests.steps.bench import Bench
from tests.steps.small_world import FIRST_DAY, LAST_DAY, PAPERS

pytestmark = pytest.mark.usefixtures("impatient")

ALWAYS = "times=always,api=arxiv"


def failures(result):
    return {
        event.step_key: event.step_failure_data.user_failure_data.description
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.user_failure_data
    }


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("html200", "arXiv gave no good page for http"),
        ("truncated", "arXiv gave no good page for http"),
        ("error_entry", "it holds an error entry"),
        ("empty_page", "it is empty at offset 0 of 10 results"),
        ("bomb", "arXiv gave no good page for http"),
    ],
)
def test_a_page_that_is_never_good_fails_the_days_and_is_kept(operator, world_folder, fault, sentence):
    with operator.replica(world_folder, f"{fault}=1,{ALWAYS}"):
        result = operator.fetch()
    assert not result.success
    assert set(said := failures(result)) == {"raw__arxiv_pages"}
    assert sentence in said["raw__arxiv_pages"]
    assert len(said["raw__arxiv_pages"].splitlines()) == 1
    landing = Landing(operator.data / "raw")
    assert list(landing.windows("arxiv_atom")) == []
    assert {page.source for page in landing.refused()} == {"arxiv_atom"}
    assert all(page.reason for page in landing.refused())


@pytest.mark.parametrize("fault", ["429", "503"])
def test_a_source_that_is_always_busy_fails_the_days(operator, world_folder, fault):
    with operator.replica(world_folder, f"{fault}=1,retry_after=0,{ALWAYS}"):
        result = operator.fetch()
    assert failures(result)["raw__arxiv_pages"].endswith(f"answered {fault} 2 times; try again later.")
    assert list(Landing(operator.data / "raw").windows("arxiv_atom")) == []


def test_a_wait_over_the_bound_is_told_at_once(operator, world_folder):
    with operator.replica(world_folder, f"429=1,retry_after=3600,{ALWAYS}"):
        result = operator.fetch()
    assert "asks to wait 3,600 s, over the bound" in failures(result)["raw__arxiv_pages"]


def test_a_source_that_is_not_there_is_named(operator, monkeypatch):
    monkeypatch.setenv("PIPELINE_ARXIV_URL", "http://127.0.0.1:9/api/query")
    said = failures(operator.fetch())["raw__arxiv_pages"]
    assert "http://127.0.0.1:9/api/query" in said
    assert "check the address and the network" in said


def test_an_address_that_is_none_is_not_tried_again(operator, monkeypatch):
    monkeypatch.setenv("PIPELINE_ARXIV_URL", "ftp://nowhere")
    result = operator.fetch()
    assert not result.success
    assert not [event for event in result.all_events if event.is_step_up_for_retry]


def test_openalex_failing_leaves_what_arxiv_brought(operator, world_folder):
    with operator.replica(world_folder, "html200=1,times=always,api=openalex"):
        result = operator.fetch()
    assert set(failures(result)) == {"raw__openalex_pages"}
    assert {window.source for window in Landing(operator.data / "raw").windows()} == {"arxiv_atom", "arxiv_oai"}


def test_a_spent_budget_is_no_reason_to_try_again(operator, world_folder):
    with operator.replica(world_folder, "budget_after=0,times=always,api=openalex"):
        result = operator.fetch()
    assert "renews at midnight UTC" in failures(result)["raw__openalex_pages"]
    assert not [event for event in result.all_events if event.is_step_up_for_retry]


def test_faults_that_pass_leave_no_trace_in_the_days(operator, world_folder):
    troubled = "html200=0.2,truncated=0.2,429=0.1,duplicate=0.2,stale=0.1,retry_after=0,times=1,seed=3"
    with operator.replica(world_folder, troubled):
        result = operator.fetch()
    assert result.success
    landing = Landing(operator.data / "raw")
    found = {
        paper.arxiv_id
        for window in landing.windows("arxiv_atom")
        for page in landing.pages(window)
        for paper in parse_page(page.source, landing.read(page)).records
    }
    assert found == {line["id"] for line in PAPERS if line["title"].strip()}


def test_a_record_that_comes_twice_or_old_is_one_row_in_its_newest_version(operator, world_folder):
    with operator.replica(world_folder, "duplicate=0.5,stale=0.5,times=always,seed=1"):
        assert operator.fetch().success
    bench = Bench(operator.data)
    bench.build()
    assert bench.rows("SELECT count(*), count(DISTINCT work_id) FROM staging.works") == [(11, 11)]
    assert bench.rows("SELECT version, is_withdrawn FROM staging.arxiv_records WHERE arxiv_id = '2103.00008'") == [
        (2, True)
    ]
    assert bench.rows("SELECT sum(received) - sum(accepted) - sum(rejected) FROM staging.page_loads") == [(0,)]
    assert bench.rows("SELECT sum(accepted) > 9 FROM staging.page_loads WHERE source = 'arxiv_atom'") == [(True,)]


def test_after_a_failure_the_daily_job_brings_everything(operator, world_folder):
    with operator.replica(world_folder, f"truncated=1,{ALWAYS}"):
        assert not operator.fetch().success
    with operator.replica(world_folder):
        assert operator.run("daily", tags=range_tags(FIRST_DAY, LAST_DAY)).success
    assert operator.rows("SELECT count(*) FROM staging.arxiv_records") == [(9,)]
    assert operator.rows("SELECT count(*) FROM marts.papers") == [(11,)]


def test_a_file_with_nothing_good_in_it_is_loaded_rejected_and_flagged(operator, tmp_path):
    (tmp_path / "bad.jsonl").write_bytes(b"<html>no snapshot</html>\n" * 3)
    config = {"ops": {"raw__snapshot_pages": {"config": {"path": str(tmp_path / "bad.jsonl")}}}}
    assert operator.run("import_snapshot", config=config).success
    result = operator.run("transform")
    assert operator.rows("SELECT rule, count(*) FROM staging.rejected GROUP BY ALL") == [("not_json", 3)]
    assert [one.check_name for one in result.get_asset_check_evaluations() if not one.passed] == ["rejected_share"]
    assert operator.rows("SELECT count(*) FROM marts.papers") == [(0,)]
