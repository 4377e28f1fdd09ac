"""Dagster jobs run in the command's own process, with their records where the UI sees them."""

import errno
import io
import logging
import os
import re
import sqlite3
import sys
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from rich.console import Console
from rich.markup import escape

from pipeline.cli.console import kept
from pipeline.errors import PlainError
from pipeline.settings import PROJECT, Settings

if TYPE_CHECKING:
    import dagster as dg

logger = logging.getLogger(__name__)


SIGN_OF_LIFE_TAG = "pipeline/sign_of_life"
"""Run tag with the name of the lock that the executing command holds while it lives."""


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES})
"""What the system says where nothing can be written."""


OWN_ERROR = re.compile(r"^(?:pipeline|warehouse)\.[\w.]+: ")
"""Name of an error of ours, whose text is a sentence by itself."""


class CommandError(PlainError):
    """A command cannot do what was asked; the message is one sentence with the way out."""


class RunFailedError(CommandError):
    """A run failed.

    Args:
        message: The sentence to show.
        steps: Keys of the steps that failed.
    """

    def __init__(self, message: str, steps: frozenset[str]) -> None:
        super().__init__(message)
        self.steps = steps


@dataclass(frozen=True)
class RunReport:
    """A finished run.

    Args:
        run_id: Dagster's id of the run.
        metadata: Asset key joined by dots -> what its materialisation says, numbers and texts only.
        warnings: Checks that failed without stopping the run, one sentence each.
    """

    run_id: str
    metadata: Mapping[str, Mapping[str, Any]]
    warnings: tuple[str, ...] = ()


@contextmanager
def instance() -> Iterator["dg.DagsterInstance"]:
    """The Dagster instance of DAGSTER_HOME, else the project's, with its records below the data folder.

    Raises:
        CommandError: Its records cannot be written; raised from the block, too.
    """
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - comes with Dagster

    home = Path(os.environ.get("DAGSTER_HOME") or Settings().data / "dagster")
    quiet()
    try:
        with instance_at(home) as found:
            yield found
    except (DBAPIError, sqlite3.Error, OSError) as error:
        if isinstance(error, OSError) and error.errno not in NO_ROOM:
            raise
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CommandError(
            f"Dagster's records in {home} cannot be written ({reason}); make room or check the folder, then give the"
            " same command again."
        ) from error


@contextmanager
def instance_at(home: Path) -> Iterator["dg.DagsterInstance"]:
    """The instance of DAGSTER_HOME when it is set, else one with its records in a folder."""
    import dagster as dg  # noqa: PLC0415 - two seconds that `--help` and `resolve` need not wait for
    from dagster._core.instance.ref import InstanceRef  # noqa: PLC0415

    if os.environ.get("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as found:
            yield found
        return
    home.mkdir(parents=True, exist_ok=True)
    reference = InstanceRef.from_dir(
        str(home),
        config_dir=str(PROJECT),
        overrides={"storage": {"sqlite": {"base_dir": str(home)}}},
    )
    with dg.DagsterInstance.from_ref(reference) as found:
        yield found


@contextmanager
def sign_of_life() -> Iterator[str]:
    """Hold a lock that only the death of this process, or the end of the block, lets go; gives the lock's name."""
    name = uuid.uuid4().hex
    folder = signs()
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / name):
        yield name
    (folder / name).unlink(missing_ok=True)


def signs() -> Path:
    """Where running commands keep their locks."""
    return Settings().data / "dagster" / "alive"


def bury_dead_runs(found: "dg.DagsterInstance") -> None:
    """Fail the runs of commands that were killed, and give back the pool slots they held.

    A killed process cannot tell Dagster, and without a daemon nobody else would: its slot in the writer's pool would
    block every later run.
    """
    import dagster as dg  # noqa: PLC0415

    for run in found.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        sign = run.tags.get(SIGN_OF_LIFE_TAG)
        if sign and is_dead(sign):
            found.report_run_failed(run, message="The command that executed this run was killed.")
            found.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            (signs() / sign).unlink(missing_ok=True)


def name_living_runs(found: "dg.DagsterInstance") -> None:
    """Say which commands are running, as their steps and this command's wait for each other."""
    import dagster as dg  # noqa: PLC0415

    from warehouse.holders import holder  # noqa: PLC0415 - DuckDB, which `--help` need not wait for

    for run in found.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        if sign := run.tags.get(SIGN_OF_LIFE_TAG):
            who = holder(signs() / sign)
            logger.warning("A command is running already, %s: its steps and this one's take turns.", who)


def runs_of_others(found: "dg.DagsterInstance") -> "list[dg.DagsterRun]":
    """Runs under way that no command with this data folder started: Dagster's own, the UI's, the schedule's."""
    import dagster as dg  # noqa: PLC0415

    under_way = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    runs, here = found.get_runs(filters=dg.RunsFilter(statuses=under_way)), signs()
    return [run for run in runs if not (here / run.tags.get(SIGN_OF_LIFE_TAG, "none")).exists()]


def end_run(run_id: str) -> None:
    """Fail a run and give back its pool slots.

    Raises:
        CommandError: There is no such run, or it has ended.
    """
    with instance() as found:
        run = found.get_run_by_id(run_id)
        if run is None or run.is_finished:
            raise CommandError(f"There is no run {run_id} under way; `pipeline doctor` lists those that are.")
        found.report_run_failed(run, message="The process of this run was gone; an operator ended it.")
        found.event_log_storage.free_concurrency_slots_for_run(run_id)


def is_dead(sign: str) -> bool:
    """Whether the lock is here and nobody holds it any more; a command with another data folder has its lock there."""
    if not (signs() / sign).exists():
        return False
    try:
        with FileLock(signs() / sign, timeout=0):
            return True
    except Timeout:
        return False


@contextmanager
def quick_records() -> Iterator[None]:
    """Let Dagster write its records to SQLite without waiting for the disk at each of them.

    It opens a connection for every event of every partition, and SQLite syncs when it commits and when the last
    connection closes; a connection held open and `synchronous=NORMAL` take a third of the time. A kill loses nothing;
    a power cut may lose the last events, and then their days are fetched again.
    """
    from sqlalchemy import event  # noqa: PLC0415 - comes with Dagster
    from sqlalchemy.engine import Engine  # noqa: PLC0415

    held: dict[str, sqlite3.Connection] = {}

    def opened(connection: object, _record: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("PRAGMA synchronous = NORMAL")
        path = connection.execute("PRAGMA database_list").fetchall()[0][2]
        if path:
            if path not in held:
                held[path] = sqlite3.connect(path, check_same_thread=False)
            held[path].execute("SELECT count(*) FROM sqlite_master").fetchall()

    event.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        event.remove(Engine, "connect", opened)
        for connection in held.values():
            connection.close()


@contextmanager
def notices_shown() -> Iterator[None]:
    """Print what the warehouse and the runs warn of, such as a file of another version, wherever stderr goes."""
    with kept(sys.stderr) as stream:
        console = Console(file=stream, highlight=False)

        class Shown(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                # A console would pass by the stream of a bar, which prints above the bar.
                with console.capture() as printed:
                    console.print(f"[yellow]warning:[/yellow] {escape(record.getMessage())}", soft_wrap=True)
                stream.write(printed.get())
                stream.flush()

        shown, loggers = Shown(logging.WARNING), [logger, logging.getLogger("warehouse")]
        for one in loggers:
            one.addHandler(shown)
        try:
            yield
        finally:
            for one in loggers:
                one.removeHandler(shown)


def quiet() -> None:
    """Keep Dagster's own chatter out of a command's output; failures are reported from the events."""
    warnings.filterwarnings("ignore", module="dagster")
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.raiseExceptions = False


def execute(
    found: "dg.DagsterInstance",
    job: str,
    *,
    tags: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
    assets: Sequence[str] | None = None,
) -> RunReport:
    """Run a job to its end.

    Args:
        found: The instance that keeps the run's records.
        job: Name of the job.
        tags: Run tags, such as the range of partitions.
        config: Run configuration of the assets.
        assets: Those of the job's assets to make, as `layer.name`; all of them when nothing is said.

    Raises:
        KeyboardInterrupt: The command was told to stop.
        RunFailedError: A step failed; the text is the step's own sentence.
    """
    import dagster as dg  # noqa: PLC0415

    from pipeline.definitions import defs  # noqa: PLC0415

    console = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    # When records cannot be written, Dagster says so once an event, and then raises.
    with notices_shown(), quick_records(), sign_of_life() as sign, redirect_stderr(io.StringIO()):
        bury_dead_runs(found)
        name_living_runs(found)
        result = defs.resolve_job_def(job).execute_in_process(
            instance=found,
            tags={**(tags or {}), SIGN_OF_LIFE_TAG: sign},
            run_config={**console, **(config or {})},
            raise_on_error=False,
            asset_selection=[dg.AssetKey(asset.split(".")) for asset in assets] if assets else None,
        )
    if was_interrupted(result):
        raise KeyboardInterrupt
    if not result.success:
        steps = frozenset(event.step_key for event in result.all_events if event.is_step_failure and event.step_key)
        raise RunFailedError(failure(result), steps)
    metadata = {
        ".".join(event.asset_key.path): {
            name: value.value for name, value in event.step_materialization_data.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    warnings_ = tuple(
        f"the check {one.check_name} of {'.'.join(one.asset_key.path)} failed, see run {result.run_id}"
        for one in result.get_asset_check_evaluations()
        if not one.passed
    )
    return RunReport(result.run_id, metadata, warnings_)


def was_interrupted(result: "dg.ExecuteInProcessResult") -> bool:
    """Whether a run failed since Dagster turned an interrupt into an error, which a library may have wrapped."""
    from dagster import DagsterExecutionInterruptedError  # noqa: PLC0415

    errors = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    return any(error and DagsterExecutionInterruptedError.__name__ in error.to_string() for error in errors)


def failure(result: "dg.ExecuteInProcessResult") -> str:
    """What went wrong first, in the words of the step that failed."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            said = data.user_failure_data.description if data.user_failure_data else None
            cause = data.error.cause if data.error and data.error.cause else data.error
            message = said or (OWN_ERROR.sub("", cause.message.strip().splitlines()[0]) if cause else "no reason given")
            return f"{event.step_key} failed: {message} (run {result.run_id})"
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed:
            key = ".".join(evaluation.asset_key.path)
            return f"The check {evaluation.check_name} of {key} failed; see run {result.run_id} in the Dagster UI."
    return f"The run {result.run_id} failed; see it in the Dagster UI."
