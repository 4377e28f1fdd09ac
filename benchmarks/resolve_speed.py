"""Resolver speed and memory: one whole process per input.

    python benchmarks/resolve_speed.py DIR ... [--threads N]

Each DIR holds mentions.parquet and works.parquet. Every input is resolved in a process of its own, importing, reading
and writing clusters and links included; prints mentions, authors, seconds and peak resident memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq


def resolve_one(folder: Path, threads: int) -> None:
    """Resolve one input in this process and print what it took as JSON."""
    from pipeline.resolve import resolve  # noqa: PLC0415 - the import is part of what is measured

    resolution = resolve(
        pq.read_table(folder / "mentions.parquet"), pq.read_table(folder / "works.parquet"), threads=threads
    )
    with tempfile.TemporaryDirectory() as written:
        pq.write_table(resolution.clusters, Path(written) / "clusters.parquet")
        pq.write_table(resolution.links, Path(written) / "links.parquet")
    print(
        json.dumps(
            {
                "mentions": resolution.clusters.num_rows,
                "authors": pc.count_distinct(resolution.clusters["author_id"]).as_py(),
                "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
            }
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Resolver speed and memory.")
    parser.add_argument("inputs", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        resolve_one(arguments.inputs[0], arguments.threads)
        return
    for folder in arguments.inputs:
        begun = time.perf_counter()
        command = [sys.executable, __file__, str(folder), "--threads", str(arguments.threads), "--here"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - begun
        took = json.loads(done.stdout)
        print(
            f"{folder.name:14s} {took['mentions']:>9,} mentions {took['authors']:>9,} authors"
            f" {seconds:7.1f} s {took['gigabytes']:5.2f} GB",
            flush=True,
        )


if __name__ == "__main__":
    main()
