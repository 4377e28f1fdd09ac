"""kill -9 at random points and at chosen ones, and two runs at once."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.schemas import TABLES, VIEWS
from pipeline.sources.landing import PARTS, Landing
from warehouse import Warehouse

ROOT = Path(__file__).parents[2]
POINTS = os.environ.get("KILL_POINTS", "2")
"""Random points in the suite; 50 take four minutes."""


@pytest.mark.slow
def test_a_resume_after_a_kill_and_two_runs_at_once_give_the_tables_of_an_undisturbed_run():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.kill_drill", "--steps", "--points", POINTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "two at once: both done" in done.stdout
    assert f"{POINTS} points: every resume gave the tables of the undisturbed run." in done.stdout


def test_a_kill_before_the_first_checkpoint_leaves_a_file_that_opens(tmp_path):
    program = (
        "import os, sys; from pathlib import Path; from warehouse import Warehouse\n"
        "with Warehouse(Path(sys.argv[1])).write(): os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "working.duckdb.wal").stat().st_size > 0
    with Warehouse(tmp_path).write() as con:
        assert con.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(len(set(TABLES) - VIEWS),)]


def test_unfinished_files_of_killed_writers_are_swept_and_of_living_ones_are_not(tmp_path):
    parts = tmp_path / PARTS
    parts.mkdir()
    (parts / "dead").write_bytes(b"half")
    with (parts / "alive").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert Landing(tmp_path).sweep() == 1
    assert [path.name for path in parts.iterdir()] == ["alive"]
