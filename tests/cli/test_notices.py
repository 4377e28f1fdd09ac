"""What a command says while its run goes on: of the file, and of other commands."""

import io
import logging
import os
from contextlib import redirect_stderr

import dagster as dg

from pipeline.cli import service
from pipeline.cli.runs import (
    SIGN_OF_LIFE_TAG,
    CommandError,
    instance,
    name_living_runs,
    notices_shown,
    sign_of_life,
)
from pipeline.cli.service import Finding
from pipeline.settings import Settings


@dg.job
def idle():
    """Nothing: what matters is that it never ends."""


def test_what_the_warehouse_warns_of_is_shown_while_stderr_is_put_away(capsys):
    with notices_shown(), redirect_stderr(io.StringIO()):
        logging.getLogger("warehouse.upgrade").warning("working.duckdb is of another [version].")
    assert capsys.readouterr().err == "warning: working.duckdb is of another [version].\n"


def test_the_doctor_tells_of_records_that_cannot_be_written_among_the_rest(shell, monkeypatch):
    def refused():
        raise CommandError("They cannot be written.")

    (shell.data / "dagster").mkdir(parents=True)
    monkeypatch.setattr(service, "instance", refused)
    assert list(service.unended(Settings())) == [
        Finding(good=False, what="records of runs", says="They cannot be written.")
    ]


def test_a_command_that_is_running_already_is_named(shell, capsys):
    shell.set(DAGSTER_HOME=str(shell.data))
    shell.data.mkdir()
    with instance() as found, sign_of_life() as name:
        found.create_run_for_job(idle, status=dg.DagsterRunStatus.STARTED, tags={SIGN_OF_LIFE_TAG: name})
        with notices_shown():
            name_living_runs(found)
    assert f"A command is running already, process {os.getpid()} (" in capsys.readouterr().err
