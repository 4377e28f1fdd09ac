"""The command run in this process, as its entry point runs it, in a data folder of the test's own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from pipeline.assets import plots
from pipeline.cli import main
from tests.sources.conftest import scripted  # noqa: F401 - a fixture

WIDE = "500"
"""Columns of the terminal, so that no sentence is broken."""


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


class Shell:
    """Where a person types commands."""

    def __init__(self, data: Path, environment: pytest.MonkeyPatch) -> None:
        self.data = data
        self._environment = environment
        for name in [name for name in os.environ if name.startswith(("PIPELINE_", "OPENALEX_", "DAGSTER_"))]:
            environment.delenv(name)
        self.set(PIPELINE_DATA=str(data), PIPELINE_THREADS="2", COLUMNS=WIDE)

    def set(self, **variables: str) -> None:
        """Set variables of the environment."""
        for name, value in variables.items():
            self._environment.setenv(name, value)

    def __call__(self, *words: str) -> Answer:
        """Run `pipeline` with these words; a fault of ours raises here as it would there."""
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["pipeline", *words])
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
        return Answer(code, out.getvalue(), err.getvalue())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell with an empty data folder."""
    return Shell(tmp_path / "data", monkeypatch)


@pytest.fixture(scope="module")
def module_patch() -> Iterator[pytest.MonkeyPatch]:
    """Patches for a module's fixtures."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module", autouse=True)
def undrawn(module_patch: pytest.MonkeyPatch) -> None:
    """Runs draw no pictures here, which would be a second of each; those of `tests/assets` do."""
    module_patch.setattr(plots, "_picture", lambda title, _draw: f"{title}: a picture.")


def refused(answer: Answer) -> str:
    """The one sentence of a command that refuses, without its mark."""
    assert answer.code != 0
    assert "Traceback" not in answer.err + answer.out
    (line,) = answer.err.strip().splitlines()
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def installed(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
