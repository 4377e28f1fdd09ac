"""Speed and memory of `pipeline import arxiv`: a file of snapshot lines into the staging record tables.

    python benchmarks/import_speed.py CORPUS.parquet [--sizes 10000 100000 1000000 all]

CORPUS has one paper a row: arxiv_id, title, authors (names as printed), categories, submitted_date, updated_date,
announced_first, announced_last, doi, journal_ref. The first papers of each size are written as snapshot lines, names
split as arXiv splits them, and imported by the command in a data folder of its own, without resolving. Prints papers,
seconds of the whole command, papers/s, seconds of processor time (the figure to read on a busy machine), peak memory of
all its processes together, and the sizes of the file, the landed pages and the database. One paper comes first: what
the command takes to start.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

LINES = r"""
COPY (
    SELECT
        arxiv_id AS id,
        null AS submitter,
        array_to_string(authors, ', ') AS authors,
        title,
        null AS comments,
        journal_ref AS "journal-ref",
        doi,
        null AS "report-no",
        array_to_string(categories, ' ') AS categories,
        null AS license,
        null AS abstract,
        [{version: 'v1', created: strftime(first, '%a, %-d %b %Y 00:00:00 GMT')}]
        || CASE
            WHEN last > first THEN [{version: 'v2', created: strftime(last, '%a, %-d %b %Y 00:00:00 GMT')}] ELSE []
        END AS versions,
        strftime(coalesce(last, first), '%Y-%m-%d') AS update_date,
        [
            CASE
                WHEN contains(trim(name), ' ')
                THEN [regexp_extract(trim(name), '\S+$'), trim(regexp_replace(trim(name), '\S+$', '')), '']
                ELSE [name, '', '']
            END
            FOR name IN authors
        ] AS authors_parsed
    FROM (
        SELECT
            *,
            coalesce(submitted_date, announced_first) AS first,
            coalesce(updated_date, announced_last) AS last
        FROM read_parquet($corpus)
    )
    ORDER BY arxiv_id
    LIMIT $papers
) TO '{target}' (FORMAT json)
"""

WATCH_SECONDS = 0.1


@dataclass(frozen=True)
class Took:
    """What an import took: seconds of the command and of processors, gigabytes of its processes, bytes on the disk."""

    seconds: float
    busy_seconds: float
    gigabytes: float
    landed: int
    database: int


def write_lines(corpus: Path, target: Path, papers: int | None) -> int:
    """Write the first papers as snapshot lines; returns how many there are."""
    with duckdb.connect() as con:
        values = {"corpus": str(corpus), "papers": papers}
        con.execute(LINES.replace("{target}", str(target)), values)
    with target.open("rb") as file:
        return sum(1 for _ in file)


def imported(path: Path) -> Took:
    """Import a file in a data folder of its own."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        data = Path(folder)
        command = [sys.executable, "-c", "from pipeline.cli import main; main()"]
        begun, busy = time.perf_counter(), busy_seconds()
        with subprocess.Popen(
            [*command, "import", "arxiv", str(path), "--no-publish"],
            env=os.environ | {"PIPELINE_DATA": str(data), "DAGSTER_HOME": ""},
            stdout=subprocess.DEVNULL,
        ) as process:
            peak = 0
            while process.poll() is None:
                peak = max(peak, resident(process.pid))
                time.sleep(WATCH_SECONDS)
        if process.returncode:
            sys.exit(f"The import of {path} ended with code {process.returncode}.")
        seconds = time.perf_counter() - begun
        landed = sum(file.stat().st_size for file in (data / "raw").rglob("*") if file.is_file())
        return Took(seconds, busy_seconds() - busy, peak / 1e9, landed, (data / "working.duckdb").stat().st_size)


def busy_seconds() -> float:
    """Processor time of all commands so far and of what they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident(pid: int) -> int:
    """Bytes that a process and all that it started hold in memory, shared ones counted once a process."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident(int(child)) for child in children.read_text().split())
    except (OSError, IndexError):
        return 0


def size(text: str) -> int | None:
    return None if text == "all" else int(text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed and memory of an import of arXiv's snapshot.")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", type=size, nargs="+", default=[10_000, 100_000, 1_000_000, None])
    parser.add_argument("--folder", type=Path, help="Where files are written; the temporary folder if left out.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = Path(folder, "arxiv.jsonl")
        print("    papers       s  papers/s  busy s    GB  file MB  landed  database", flush=True)
        for papers in (1, *arguments.sizes):
            count = write_lines(arguments.corpus, path, papers)
            took = imported(path)
            print(
                f"{count:>10,} {took.seconds:>7.1f} {count / took.seconds:>9,.0f} {took.busy_seconds:>7.1f}"
                f" {took.gigabytes:>5.2f} {path.stat().st_size / 1e6:>8,.0f} {took.landed / 1e6:>7,.0f}"
                f" {took.database / 1e6:>9,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
