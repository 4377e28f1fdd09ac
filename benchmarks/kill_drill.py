"""Kill a run with SIGKILL at random points, resume it each time, and compare every table with an undisturbed run's.

    python -m benchmarks.kill_drill --points 50 [--steps] [--seed 7]

A small world of two days is fetched from a replica and published; the run that is killed adds the third day. After
each kill the published file must be readable and hold the one state or the other; after the resume all tables must be
those of the run that was left alone. At last two runs are started at once. `--steps` runs the same fetching, reading,
resolving and publishing without Dagster, five times as fast; otherwise it is `pipeline backfill` itself. Children are
forks of one process that has imported everything and opened nothing.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pipeline.definitions  # noqa: F401 - imported once, before the forks
from pipeline.cli import main as command
from pipeline.replica.server import serve
from pipeline.resources import ArxivResource, LandingResource, OaiResource, OpenAlexResource
from pipeline.schemas import TABLES
from pipeline.settings import Settings
from pipeline.sources.ledger import LEDGER, Ledger
from pipeline.steps import fetching
from tests.steps.bench import OF_THE_LANDING, OF_THE_RUNS, Bench, contents
from tests.steps.small_world import write_world

FIRST, SECOND, LAST = "2021-03-01", "2021-03-02", "2021-03-03"
COMPARED = sorted(set(TABLES) - OF_THE_LANDING - OF_THE_RUNS - {"resolved.quality", "marts.changes"})
"""Tables about the world: not those about pages and runs."""

POLL_SECONDS = 0.002


def by_command(first: str, last: str) -> None:
    """The run as the operator gives it."""
    sys.argv = ["pipeline", "backfill", "--from", first, "--to", last]
    try:
        command()
    except SystemExit as end:
        if end.code:
            raise


def by_steps(first: str, last: str) -> None:
    """The same work without Dagster: fetch, land, read, join, resolve, publish."""
    landing = LandingResource().open()
    since, until = date.fromisoformat(first), date.fromisoformat(last)
    fetching.land_papers(landing, ArxivResource().open(landing), since, until)
    fetching.land_changes(landing, OaiResource().open(landing), since, until)
    fetching.land_works(landing, Ledger(landing.root / LEDGER), OpenAlexResource().open(landing), since, until)
    bench = Bench(Settings().data)
    bench.build()
    bench.warehouse.publish()


def digests(target: Path) -> None:
    """Write table -> digest of its rows, of the published file; rejects count once however often they came."""
    with Settings().warehouse.read() as con:
        rows = contents(con, COMPARED)
    rows["staging.rejected"] = sorted(set(rows["staging.rejected"]), key=repr)
    target.write_text(
        json.dumps({name: hashlib.sha256(repr(found).encode()).hexdigest() for name, found in rows.items()})
    )


def forked(body: Callable[[], None], *, kill_after: float | None = None) -> int:
    """Run a body in a child; returns its wait status. The child is killed after so many seconds, if it still runs."""
    begun = time.monotonic()
    child = started(body)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if kill_after is not None and time.monotonic() - begun >= kill_after:
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1]
        time.sleep(POLL_SECONDS)


def started(body: Callable[[], None]) -> int:
    """Run a body in a child; returns its process id at once."""
    child = os.fork()
    if child == 0:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        try:
            body()
        except BaseException:  # noqa: BLE001 - a child must not return into the parent's program
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def succeeded(body: Callable[[], None]) -> None:
    """Run a body in a child that must not fail."""
    if forked(body):
        sys.exit("A run that nobody disturbed failed; see above.")


def start_replica(world: Path) -> int:
    """Serve the world from a child; returns its process id once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    child = os.fork()
    if child == 0:
        serve(world, port=port)
        os._exit(0)
    root = f"http://127.0.0.1:{port}"
    os.environ |= {
        "PIPELINE_ARXIV_URL": f"{root}/api/query",
        "PIPELINE_OAI_URL": f"{root}/oai",
        "PIPELINE_OPENALEX_URL": root,
        "PIPELINE_THREADS": "2",
    }
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return child


def drill(folder: Path, run: Callable[[str, str], None], points: int, seed: int) -> list[str]:
    """Kill and resume; returns what went wrong, one sentence each."""
    fractions = random.Random(seed)  # noqa: S311 - moments, not secrets

    def use(name: str) -> Path:
        os.environ["PIPELINE_DATA"] = str(folder / name)
        return folder / name

    def state() -> dict[str, str]:
        succeeded(lambda: digests(folder / "digests.json"))
        found: dict[str, str] = json.loads((folder / "digests.json").read_text())
        return found

    before_folder = use("before")
    succeeded(lambda: run(FIRST, SECOND))
    before = state()
    shutil.copytree(before_folder, use("undisturbed"))
    begun = time.monotonic()
    succeeded(lambda: run(FIRST, LAST))
    seconds = time.monotonic() - begun
    after = state()
    print(f"undisturbed: {seconds:.1f} s, {len(after)} tables, {sum(after[t] != before[t] for t in after)} changed")
    faults: list[str] = []

    def fault(sentence: str) -> None:
        faults.append(sentence)
        print(sentence, flush=True)

    for point in range(points):
        moment = fractions.random() * seconds
        data = use("killed")
        shutil.copytree(before_folder, data)
        killed = os.WIFSIGNALED(forked(lambda: run(FIRST, LAST), kill_after=moment))
        seen = state()
        if seen not in (before, after):
            fault(f"point {point}: the published file after the kill is neither the old nor the new one.")
        succeeded(lambda: run(FIRST, LAST))
        differing = sorted(name for name, digest in state().items() if digest != after[name])
        if differing:
            fault(f"point {point}: after the resume {', '.join(differing)} differ.")
        leftovers = [path.name for path in (*data.glob("raw/parts/*"), *data.glob("*.tmp*"))]
        if leftovers:
            fault(f"point {point}: {', '.join(leftovers)} left over.")
        end = "killed" if killed else "done"
        print(f"point {point}: {end} at {moment:.2f} s, {'new' if seen == after else 'old'}", flush=True)
        shutil.rmtree(data)
    data = use("together")
    shutil.copytree(before_folder, data)
    others = [started(lambda: run(FIRST, LAST)) for _ in range(2)]
    statuses = [os.waitpid(child, 0)[1] for child in others]
    if any(statuses) or state() != after:
        fault("two at once: one failed, or the tables differ.")
    else:
        print("two at once: both done")
    return faults


def main() -> None:
    """Read the arguments, drill, and say what went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", action="store_true", help="without Dagster")
    arguments = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("PIPELINE_", "OPENALEX_", "DAGSTER_"))]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as place:
        replica = start_replica(write_world(Path(place, "world")))
        try:
            run = by_steps if arguments.steps else by_command
            faults = drill(Path(place), run, arguments.points, arguments.seed)
        finally:
            os.kill(replica, signal.SIGKILL)
            os.waitpid(replica, 0)
    if faults:
        sys.exit(f"{len(faults)} faults.")
    print(f"{arguments.points} points: every resume gave the tables of the undisturbed run.")


if __name__ == "__main__":
    main()
