"""Dagster jobs run in the command's own process, with their records where the UI sees them."""

import logging
import os
import uuid
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from pipeline.settings import PROJECT, Settings

if TYPE_CHECKING:
    import dagster as dg


SIGN_OF_LIFE_TAG = "pipeline/sign_of_life"
"""Run tag with the name of the lock that the executing command holds while it lives."""


class CommandError(Exception):
    """A command cannot do what was asked; the message is one sentence with the way out."""


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
    """The Dagster instance of DAGSTER_HOME, else the project's, with its records below the data folder."""
    import dagster as dg  # noqa: PLC0415 - two seconds that `--help` and `resolve` need not wait for
    from dagster._core.instance.ref import InstanceRef  # noqa: PLC0415

    quiet()
    if os.environ.get("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as found:
            yield found
        return
    home = Settings().data / "dagster"
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


def is_dead(sign: str) -> bool:
    """Whether nobody holds the lock any more."""
    try:
        with FileLock(signs() / sign, timeout=0):
            return True
    except Timeout:
        return False


def quiet() -> None:
    """Keep Dagster's own chatter out of a command's output; failures are reported from the events."""
    warnings.filterwarnings("ignore", module="dagster")
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def execute(
    found: "dg.DagsterInstance",
    job: str,
    *,
    tags: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
) -> RunReport:
    """Run a job to its end.

    Args:
        found: The instance that keeps the run's records.
        job: Name of the job.
        tags: Run tags, such as the range of partitions.
        config: Run configuration of the assets.

    Raises:
        CommandError: A step failed; the text is the step's own sentence.
    """
    from pipeline.definitions import defs  # noqa: PLC0415

    bury_dead_runs(found)
    console = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with sign_of_life() as sign:
        result = defs.resolve_job_def(job).execute_in_process(
            instance=found,
            tags={**(tags or {}), SIGN_OF_LIFE_TAG: sign},
            run_config={**console, **(config or {})},
            raise_on_error=False,
        )
    if not result.success:
        raise CommandError(failure(result))
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


def failure(result: "dg.ExecuteInProcessResult") -> str:
    """What went wrong first, in the words of the step that failed."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            said = data.user_failure_data.description if data.user_failure_data else None
            cause = data.error.cause if data.error and data.error.cause else data.error
            message = said or (cause.message.strip().splitlines()[0] if cause else "no reason given")
            return f"{event.step_key} failed: {message} (run {result.run_id})"
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed:
            key = ".".join(evaluation.asset_key.path)
            return f"The check {evaluation.check_name} of {key} failed; see run {result.run_id} in the Dagster UI."
    return f"The run {result.run_id} failed; see it in the Dagster UI."
