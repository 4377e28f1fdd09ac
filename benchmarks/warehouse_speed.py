"""Seconds and peak memory of every step from snapshot lines to the published warehouse, then of one day into it.

    python benchmarks/warehouse_speed.py LINES.jsonl FOLDER [--day 1000] [--memory 3GB] [--threads 2]

LINES are arXiv snapshot lines. The newest papers are held back as the day; all others go through every step into
FOLDER, which must not hold a warehouse yet, then the day does. Memory is the resident set of this process, most at any
moment of the step; reading lines and writing BibTeX entries also run in processes of their own, a few hundred MB each.
Related papers and asset checks are left out.
"""

import argparse
import heapq
import re
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from pipeline.snapshots.arxiv import land_snapshot
from pipeline.sources.landing import Landing
from pipeline.sources.pages import Source
from pipeline.steps import bylines, changes_made, pages, papers, people, profiles, quality, works
from warehouse import Limits, Warehouse

ID = re.compile(rb'"id": ?"([^"]+)"')

Step = Callable[[duckdb.DuckDBPyConnection], object]


def split(lines: Path, folder: Path, day: int) -> tuple[Path, Path]:
    """Write the newest papers' lines, and all others, to files of their own: the others, the newest."""
    before, after = folder / "before.jsonl", folder / "day.jsonl"
    with lines.open("rb") as source:
        newest = set(heapq.nlargest(day, map(age, source)))
        source.seek(0)
        with before.open("wb") as others, after.open("wb") as those:
            for line in source:
                (those if age(line) in newest else others).write(line)
    return before, after


def age(line: bytes) -> tuple[bool, bytes]:
    """Order of papers by their ids, "hep-th/9901001" before "0704.0001"."""
    found = ID.search(line)
    if found is None:
        raise SystemExit(f"A line has no id: {line[:80]!r}")
    return b"/" not in found[1], found[1]


def peak_gigabytes() -> float:
    """Most memory this process held since `measured` began."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1e6


def measured(name: str, do: Callable[[], object]) -> float:
    """Do something and print what it took; returns the seconds."""
    Path("/proc/self/clear_refs").write_text("5")  # the kernel starts the peak anew
    begun, worked = time.perf_counter(), time.process_time()
    do()
    seconds = time.perf_counter() - begun
    print(f"{name:10} {seconds:7.1f} s  {time.process_time() - worked:7.1f} s of processor  {peak_gigabytes():5.2f} GB")
    return seconds


def load(place: Warehouse, landing: Landing, lines: Path, run_id: str, threads: int) -> None:
    """Take a file of lines through every step."""

    def read() -> None:
        with place.write() as con:
            pages.register_windows(con, landing)
        for _ in pages.read_pages(place, landing, run_id=run_id, workers=threads):
            pass

    def in_transaction(step: Step) -> None:
        with place.write() as con:
            step(con)

    steps: dict[str, Step] = {
        "works": lambda con: works.build_works(con, run_id=run_id),
        "mentions": lambda con: bylines.build_mentions(con, run_id=run_id),
        "people": lambda con: people.resolve_people(con, run_id=run_id, threads=threads),
        "quality": lambda con: quality.measure(con, run_id=run_id, threads=threads, published=place.published_path),
        "profiles": lambda con: profiles.build_profiles(con, run_id=run_id),
        "papers": lambda con: papers.build_papers(con, run_id=run_id, workers=threads),
        "changes": lambda con: changes_made.build_changes(con, run_id=run_id),
    }
    print(run_id)
    seconds = measured("landing", lambda: list(land_snapshot(lines, landing, Source.ARXIV_SNAPSHOT)))
    seconds += measured("reading", read)
    for name, step in steps.items():
        seconds += measured(name, lambda step=step: in_transaction(step))  # type: ignore[misc] # mypy and defaults
    seconds += measured("publish", place.publish)
    print(f"{'together':10} {seconds:7.1f} s; {place.published_path.stat().st_size / 1e9:.2f} GB published", flush=True)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--day", type=int, default=1_000)
    parser.add_argument("--memory", default="3GB", help="memory limit of DuckDB; the rest is polars and the resolver")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    place = Warehouse(arguments.folder, Limits(threads=arguments.threads, memory=arguments.memory))
    if place.working_path.exists():
        parser.error(f"{place.working_path} is there already; give an empty folder.")
    landing = Landing(arguments.folder / "raw")
    for run_id, lines in zip(("first", "day"), split(arguments.lines, arguments.folder, arguments.day), strict=True):
        load(place, landing, lines, run_id, arguments.threads)


if __name__ == "__main__":
    main()
