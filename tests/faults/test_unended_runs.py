"""A run whose process was killed without our knowing: the doctor tells it, and gives its pools back."""

import dagster as dg

from pipeline.cli.runs import instance
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
