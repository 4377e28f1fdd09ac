"""Dagster in this process over a replica, in a data folder of the test's own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

import pipeline.resources
from pipeline.definitions import defs
from pipeline.replica import FaultPlan, running
from pipeline.schedules import range_tags
from pipeline.sources.http import HttpPolicy
from tests.steps.small_world import FIRST_DAY, LAST_DAY, write_world


class Operator:
    """What an operator does: point at a source, run a job, look at the warehouse."""

    def __init__(self, data: Path, environment: pytest.MonkeyPatch) -> None:
        self.data = data
        self._environment = environment
        self.instance = dg.DagsterInstance.ephemeral()
        environment.setenv("PIPELINE_DATA", str(data))
        environment.setenv("PIPELINE_THREADS", "2")
        environment.delenv("OPENALEX_API_KEY", raising=False)

    @contextmanager
    def replica(self, folder: Path, faults: str = "") -> Iterator[None]:
        """Both sources over a folder of records."""
        with running(folder, faults=FaultPlan.parse(faults) if faults else None) as urls:
            self._environment.setenv("PIPELINE_ARXIV_URL", urls.arxiv)
            self._environment.setenv("PIPELINE_OAI_URL", urls.oai)
            self._environment.setenv("PIPELINE_OPENALEX_URL", urls.openalex)
            yield

    def run(self, job: str, *, config: Mapping[str, Any] | None = None, **settings: Any) -> dg.ExecuteInProcessResult:
        """Run a job without a word on the console; a failure is looked at by the test."""
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        return defs.resolve_job_def(job).execute_in_process(
            instance=self.instance, raise_on_error=False, run_config=quiet | dict(config or {}), **settings
        )

    def fetch(self, first: str = FIRST_DAY, last: str = LAST_DAY) -> dg.ExecuteInProcessResult:
        """Fetch a range of days."""
        return self.run("fetch", tags=range_tags(first, last))

    def published(self) -> duckdb.DuckDBPyConnection:
        """The published file."""
        return duckdb.connect(str(self.data / "warehouse.duckdb"), read_only=True)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the published file."""
        with self.published() as con:
            return con.execute(sql, values).fetchall()


@pytest.fixture(scope="session")
def world_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world as a replica's data folder."""
    return write_world(tmp_path_factory.mktemp("small-world"))


@pytest.fixture(scope="module")
def module_patch() -> Iterator[pytest.MonkeyPatch]:
    """Patches for a module's fixtures."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """An operator with an empty data folder."""
    someone = Operator(tmp_path / "data", monkeypatch)
    with someone.instance:
        yield someone


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tries and no wait between them, neither of the session's nor of Dagster's."""
    policy = partial(HttpPolicy, tries=2, backoff_seconds=0.0, read_timeout_seconds=1.0, max_retry_after_seconds=2.0)
    monkeypatch.setattr(pipeline.resources, "HttpPolicy", policy)
    monkeypatch.setattr(dg.RetryPolicy, "calculate_delay", lambda *_: 0)
