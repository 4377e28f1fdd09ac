"""A real disk runs full at each place that writes; room is made, and the work is completed."""

import shutil

import pytest

from pipeline.replica import running
from pipeline.sources.pages import Source
from tests.steps.bench import Bench
from tests.steps.small_world import CROWD, FIRST_DAY, LAST_DAY, PAPERS, json_lines, paper
from warehouse import WarehouseError

from .test_bad_input import failures

SENTENCE = "make room"


def fill(disk, left):
    """Leave so many bytes."""
    (disk / "ballast").write_bytes(b"\0" * (shutil.disk_usage(disk).free - left))


@pytest.fixture
def operator_on_it(operator, small_disk, monkeypatch):
    operator.data = small_disk / "data"
    monkeypatch.setenv("PIPELINE_DATA", str(operator.data))
    return operator


def test_a_page_that_does_not_fit_fails_its_days_at_once(operator_on_it, small_disk, world_folder):
    with operator_on_it.replica(world_folder):
        fill(small_disk, 4096)
        result = operator_on_it.fetch()
        assert not [event for event in result.all_events if event.is_step_up_for_retry]
        said = failures(result)
        assert said
        assert all(SENTENCE in text and len(text.splitlines()) == 1 for text in said.values())
        (small_disk / "ballast").unlink()
        assert operator_on_it.fetch().success
    assert not list((operator_on_it.data / "raw" / "parts").iterdir())


def test_a_warehouse_that_does_not_fit_keeps_the_last_good_file(small_disk):
    bench = Bench(small_disk)
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[:2]))
    bench.read()
    bench.warehouse.publish()
    before = bench.warehouse.published_path.read_bytes()
    bench.land(
        Source.ARXIV_SNAPSHOT, json_lines(PAPERS[2:] + [paper(f"2104.{n:05}", CROWD) for n in range(200)]), minutes=1
    )
    fill(small_disk, 40_000)
    with pytest.raises(WarehouseError, match=f"is full; {SENTENCE}"):
        bench.read()
    with pytest.raises(WarehouseError, match=f"is full; {SENTENCE}"):
        bench.warehouse.publish()
    assert bench.warehouse.published_path.read_bytes() == before
    (small_disk / "ballast").unlink()
    assert bench.read().as_counts()["received"] == 208
    bench.warehouse.publish()
    with bench.warehouse.read() as con:
        assert con.execute("SELECT count(*) FROM staging.arxiv_records").fetchall() == [(209,)]


def test_records_of_runs_that_do_not_fit_are_one_sentence(shell, small_disk, world_folder):
    shell.set(PIPELINE_DATA=str(small_disk / "data"))
    fill(small_disk, 8192)
    with running(world_folder) as urls:
        shell.set(PIPELINE_ARXIV_URL=urls.arxiv, PIPELINE_OAI_URL=urls.oai, PIPELINE_OPENALEX_URL=urls.openalex)
        said = shell("backfill", "--from", FIRST_DAY, "--to", LAST_DAY)
    assert said.code == 1
    (line,) = said.err.strip().splitlines()
    assert line.startswith("error: Dagster's records in ")
    assert SENTENCE in line
