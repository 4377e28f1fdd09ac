"""What a command says while its run goes on: of the file, and of other commands."""

import io
import logging
import os
import sys
from contextlib import contextmanager, redirect_stderr

import dagster as dg

from pipeline.cli import service
from pipeline.cli.console import steady
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


@contextmanager
def put_away(stream, path):
    """As Dagster does with what a step prints: the descriptor leads to a file."""
    before = os.dup(stream.fileno())
    with path.open("w") as file:
        os.dup2(file.fileno(), stream.fileno())
        try:
            yield
        finally:
            stream.flush()
            os.dup2(before, stream.fileno())
            os.close(before)


def test_bars_and_notices_are_shown_while_a_step_prints_into_its_file(capfd, tmp_path):
    with (
        steady() as console,
        notices_shown(),
        put_away(sys.stdout, tmp_path / "out"),
        put_away(sys.stderr, tmp_path / "err"),
    ):
        console.print("10 %")
        logging.getLogger("warehouse.connection").warning("It is being written.")
        sys.stdout.write("of the step\n")
    assert capfd.readouterr() == ("10 %\n", "warning: It is being written.\n")
    assert (tmp_path / "out").read_text() == "of the step\n"
    assert (tmp_path / "err").read_text() == ""


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
