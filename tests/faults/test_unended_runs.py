"""A run whose process was killed without our knowing: the doctor tells it, and gives its pools back."""

import dagster as dg
import pytest

from pipeline.cli.runs import SIGN_OF_LIFE_TAG, bury_dead_runs, instance, runs_of_others, sign_of_life, signs
from tests.cli.conftest import refused


@dg.job
def idle():
    """Nothing: what matters is that it never ends."""


def test_the_doctor_ends_a_run_whose_process_is_gone(shell):
    dead = "http://127.0.0.1:9"
    shell.set(PIPELINE_ARXIV_URL=dead, PIPELINE_OAI_URL=dead, PIPELINE_OPENALEX_URL=dead)
    with instance() as found:
        run = found.create_run_for_job(idle, status=dg.DagsterRunStatus.STARTED)
        storage = found.event_log_storage
        storage.set_concurrency_slots("warehouse", 1)
        assert storage.claim_concurrency_slot("warehouse", run.run_id, "works").is_claimed
        assert not storage.claim_concurrency_slot("warehouse", "another", "works").is_claimed
    assert run.run_id in shell("doctor").out
    assert shell("doctor", "--free", run.run_id).code == 0
    with instance() as found:
        assert found.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
        assert found.event_log_storage.claim_concurrency_slot("warehouse", "another", "works").is_claimed
    assert refused(shell("doctor", "--free", run.run_id)).startswith(f"There is no run {run.run_id} under way")


@pytest.mark.parametrize("sign", ["held", "let go", "of another data folder"])
def test_only_a_command_that_was_killed_here_is_dead(shell, sign):
    """Two data folders may share Dagster's records: a run whose lock is elsewhere may well be alive."""
    shell.set(DAGSTER_HOME=str(shell.data))
    shell.data.mkdir()
    with instance() as found, sign_of_life() as name:
        (signs() / "let go").touch()
        tags = {SIGN_OF_LIFE_TAG: name if sign == "held" else sign}
        run = found.create_run_for_job(idle, status=dg.DagsterRunStatus.STARTED, tags=tags)
        bury_dead_runs(found)
        is_dead = found.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
        told = [other.run_id for other in runs_of_others(found)]
    assert is_dead is (sign == "let go")
    assert told == ([run.run_id] if sign == "of another data folder" else [])
