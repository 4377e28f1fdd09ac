"""Time and peak memory of a backfill over real records, served by the replica.

    python benchmarks/real_input.py RECORDS [--from D --to D]

RECORDS holds `arxiv/knowledge_distillation.jsonl` (papers as flat JSON) and `openalex/*.jsonl.gz` (OpenAlex objects).
The papers are turned into arXiv snapshot lines in a temporary folder; nothing is copied into the project. Prints what
was received, accepted, rejected, joined and published, and the whole process's wall time and peak memory.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import duckdb

from pipeline.replica.server import running

PIPELINE = Path(sys.executable).with_name("pipeline")
"""The installed command, beside the interpreter."""


def mail_date(day: str) -> str:
    """A day as arXiv's snapshot writes a version's moment."""
    return datetime.fromisoformat(day).strftime("%a, %d %b %Y 00:00:00 GMT")


def snapshot_line(paper: dict) -> str:
    """A paper as a line of the arXiv snapshot."""
    first = paper["submitted_date"] or paper["announced_first"]
    last = paper["updated_date"] or paper["announced_last"] or first
    names = [name.rpartition(", ")[::2] if "," in name else ("", name) for name in paper.get("authors_keyname") or []]
    parsed = [[family or given, given if family else "", ""] for family, given in names] or [
        [name.split()[-1], " ".join(name.split()[:-1]), ""] for name in paper["authors"]
    ]
    versions = [
        {"version": f"v{n}", "created": mail_date(day)}
        for n, day in enumerate(dict.fromkeys([first, max(first, last)]), 1)
    ]
    return json.dumps(
        {
            "id": paper["arxiv_id"],
            "title": paper["title"],
            "abstract": paper.get("abstract") or "",
            "authors": ", ".join(paper["authors"]),
            "authors_parsed": parsed,
            "categories": " ".join(paper["categories"]),
            "comments": paper.get("comments"),
            "journal-ref": paper.get("journal_ref"),
            "doi": paper.get("doi"),
            "license": None,
            "versions": versions,
            "update_date": last,
        }
    )


def replica_folder(records: Path, folder: Path) -> tuple[int, list[str]]:
    """Lay out what the replica serves; returns how many papers, and their days."""
    papers = [json.loads(line) for line in (records / "arxiv" / "knowledge_distillation.jsonl").open()]
    (folder / "arxiv.jsonl").write_text("".join(snapshot_line(paper) + "\n" for paper in papers))
    for kind, name in (
        ("works", "works_current_schema"),
        ("authors", "authors"),
        ("institutions", "institutions"),
    ):
        with (
            gzip.open(records / "openalex" / f"{name}.jsonl.gz") as packed,
            (folder / f"openalex_{kind}.jsonl").open("wb") as plain,
        ):
            shutil.copyfileobj(packed, plain)
    return len(papers), sorted(paper["submitted_date"] or paper["announced_first"] for paper in papers)


def main() -> None:
    """Run the backfill and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--from", dest="first")
    parser.add_argument("--to", dest="last")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, data = Path(place, "records"), Path(place, "data")
        folder.mkdir()
        papers, days = replica_folder(arguments.records, folder)
        first, last = arguments.first or days[0], arguments.last or days[-1]
        with running(folder) as urls:
            environment = {
                **os.environ,
                "PIPELINE_DATA": str(data),
                "PIPELINE_ARXIV_URL": urls.arxiv,
                "PIPELINE_OAI_URL": urls.oai,
                "PIPELINE_OPENALEX_URL": urls.openalex,
            }
            begun = time.monotonic()
            done = subprocess.run([PIPELINE, "backfill", "--from", first, "--to", last], env=environment, check=False)
            seconds = time.monotonic() - begun
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
        if done.returncode:
            sys.exit(f"The backfill failed with exit code {done.returncode}.")
        con = duckdb.connect(str(data / "warehouse.duckdb"), read_only=True)
        for what, sql in (
            (
                "received = accepted + rejected",
                "SELECT sum(received), sum(accepted), sum(rejected) FROM staging.page_loads",
            ),
            ("arXiv papers", "SELECT count(*) FROM staging.works WHERE primary_category IS NOT NULL"),
            ("OpenAlex works", "SELECT count(*) FROM staging.openalex_works"),
            (
                "works in both",
                "SELECT count(*) FROM staging.works WHERE has_openalex AND primary_category IS NOT NULL",
            ),
            ("mentions, authors", "SELECT count(*), count(DISTINCT author_id) FROM resolved.author_mentions"),
            ("tiers", "SELECT trust_tier, count(*) FROM marts.authors GROUP BY ALL ORDER BY ALL"),
        ):
            print(f"{what}: {con.execute(sql).fetchall()}")
        print(f"{papers} papers served, {first} to {last}: {seconds:.1f} s wall, {peak:.0f} MiB peak")


if __name__ == "__main__":
    main()
