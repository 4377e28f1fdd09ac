"""One day into a resolved corpus: the step that the asset runs, on a warehouse of its own.

    python benchmarks/resolve_day.py MENTIONS.parquet WORKS.parquet FOLDER [--day 4000] [--check]

The last works, by year and id, that hold about so many mentions are the day. All others are resolved into
FOLDER/before, once; a second call takes that result up again. Then the day is loaded into a copy and resolved: prints
seconds, seconds of processor, peak memory and what was resolved. `--check` resolves everything from scratch, too, and
compares people, links and islands.
"""

import argparse
import resource
import shutil
import time
from pathlib import Path

import duckdb

from pipeline.steps.people import resolve_people
from warehouse import Limits, Warehouse

WORKS = """
    INSERT INTO staging.works BY NAME
    SELECT work_id, title, abstract, year AS publication_year, venue, len(authors) AS byline_size,
        false AS is_open_access, false AS is_withdrawn, false AS is_retracted, 0 AS cited_by_count,
        []::VARCHAR[] AS code_urls, []::VARCHAR[] AS dataset_urls, false AS has_openalex
    FROM (SELECT *, {missing} FROM input_works) SEMI JOIN chosen USING (work_id)
    WHERE title != '' ORDER BY work_id
"""
MENTIONS = """
    INSERT INTO staging.mentions BY NAME
    SELECT mention_id, work_id, position, name AS raw_name, 'person' AS kind, 'arxiv' AS byline_source,
        false AS is_on_openalex
    FROM input_mentions SEMI JOIN chosen USING (work_id) SEMI JOIN staging.works USING (work_id) ORDER BY mention_id
"""
TOPICS = """
    INSERT INTO staging.work_topics BY NAME
    SELECT work_id, 'arxiv' AS scheme, category AS topic_id, category AS topic_name, place = 1 AS is_primary
    FROM (
        SELECT work_id, unnest(categories) AS category, generate_subscripts(categories, 1) AS place
        FROM input_works SEMI JOIN chosen USING (work_id)
    )
"""
BUILD = """
    INSERT INTO staging.builds
    SELECT coalesce(max(number), 0) + 1, 'load', 'works', 'part', 'this', (SELECT count(*) FROM chosen)
    FROM staging.builds
"""
CHANGES = """
    INSERT INTO staging.work_changes
    SELECT (SELECT max(number) FROM staging.builds), work_id, 'added', [], [] FROM chosen ORDER BY work_id
"""
LAST_WORKS = """
    SELECT work_id, sum(names) OVER (ORDER BY year DESC NULLS LAST, work_id DESC) <= $day AS is_last
    FROM (SELECT work_id, any_value(year) AS year FROM input_works GROUP BY work_id)
    INNER JOIN (SELECT work_id, count(*) AS names FROM input_mentions GROUP BY work_id) USING (work_id)
"""
SAME = {
    "people": "SELECT mention_id, min(mention_id) OVER (PARTITION BY author_id), probability FROM {}.author_mentions",
    "links": "FROM {}.links",
    "islands": "SELECT mention_id, island FROM {}.mention_places",
}


def load(con: duckdb.DuckDBPyConnection, arguments: argparse.Namespace, condition: str) -> None:
    """Put the chosen works and their mentions into staging, and log that they came."""
    for name in ("mentions", "works"):
        path = str(getattr(arguments, name)).replace("'", "''")
        con.execute(f"CREATE OR REPLACE TEMPORARY VIEW input_{name} AS FROM read_parquet('{path}')")
    con.execute(
        f"CREATE OR REPLACE TEMPORARY TABLE chosen AS SELECT work_id FROM ({LAST_WORKS}) WHERE {condition}",
        {"day": arguments.day},
    )
    there = {row[0] for row in con.execute("DESCRIBE input_works").fetchall()}
    missing = [f"NULL::VARCHAR AS {name}" for name in ("abstract", "venue") if name not in there]
    con.execute(WORKS.format(missing=", ".join(missing) or "1 AS one"))
    con.execute(MENTIONS)
    if "categories" in there:
        con.execute(TOPICS)
    con.execute(BUILD)
    con.execute(CHANGES)


def resolve(warehouse: Warehouse, run_id: str, threads: int) -> None:
    """Run the step and print what it took, the commit included."""
    begun, worked = time.perf_counter(), time.process_time()
    with warehouse.write() as con:
        counts = resolve_people(con, run_id=run_id, threads=threads)
    seconds, work = time.perf_counter() - begun, time.process_time() - worked
    told = ", ".join(f"{name} {n:,}" for name, n in counts.items())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{run_id:6s} {seconds:7.1f} s ({work:.1f} s of processor) {peak:5.2f} GB  {told}", flush=True)


def compare(one: Path, other: Path) -> None:
    """Print how many rows differ between two resolved warehouses."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{one}' AS one (READ_ONLY)")
        con.execute(f"ATTACH '{other}' AS other (READ_ONLY)")
        for what, sql in SAME.items():
            left, right = sql.format("one.resolved"), sql.format("other.resolved")
            found = con.execute(
                f"SELECT (SELECT count(*) FROM ({left} EXCEPT {right})), (SELECT count(*) FROM ({right} EXCEPT {left}))"
            ).fetchall()
            print(f"{what}: rows that differ {found[0]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="One day into a resolved corpus.")
    parser.add_argument("mentions", type=Path)
    parser.add_argument("works", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--day", type=int, default=4000, help="mentions of the day, about")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--check", action="store_true", help="compare with everything resolved from scratch")
    arguments = parser.parse_args()
    before, after, whole = (
        Warehouse(arguments.folder / name, Limits(threads=arguments.threads)) for name in ("before", "after", "whole")
    )
    if not before.working_path.exists():
        with before.write() as con:
            load(con, arguments, "NOT is_last")
        resolve(before, "before", arguments.threads)
    shutil.rmtree(after.folder, ignore_errors=True)
    shutil.copytree(before.folder, after.folder)
    with after.write() as con:
        load(con, arguments, "is_last")
    resolve(after, "day", arguments.threads)
    if arguments.check:
        if not whole.working_path.exists():
            with whole.write() as con:
                load(con, arguments, "true")
            resolve(whole, "whole", arguments.threads)
        compare(after.working_path, whole.working_path)


if __name__ == "__main__":
    main()
