"""Related papers measured: time, memory and room by number of papers, and how many true relatives the lists hold.

    python benchmarks/related_papers.py speed WAREHOUSE.duckdb FOLDER --sizes 100000 400000 0 [--day 1000]
    python benchmarks/related_papers.py neighbours WAREHOUSE.duckdb WORK_ID IDS.txt
    python benchmarks/related_papers.py references WORKS.jsonl.gz [--hide 0.2]

`speed` takes evenly spread works of a warehouse (0: all), lists their related papers through the step that a run takes,
in a fresh process and a file in FOLDER, and reads single lists back; `--day` holds so many works back and then adds
them. `neighbours` gives the ranks of works known to be related. `references` hides some references among OpenAlex works
and counts how many of the works so hidden come back in the list of the one that cites them.
"""

import argparse
import gzip
import hashlib
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from pipeline.related import Corpus, corpus, count, kept_terms, related
from pipeline.settings import Settings
from pipeline.steps.related import relate_papers
from warehouse import Limits, Warehouse, query

AT = (20, 200)


def main() -> None:
    options = arguments()
    options.run(options)


def speed(options: argparse.Namespace) -> None:
    """Print one line a size, each measured by a process of its own."""
    for size in options.sizes:
        command = [sys.executable, __file__, "one", options.warehouse, options.folder, str(size), str(options.day)]
        subprocess.run([*map(str, command), "--threads", str(options.threads)], check=True)


def one(options: argparse.Namespace) -> None:
    place = Warehouse(options.folder / f"related_{options.size}", Limits(options.threads, "3GB"))
    with place.write() as con:
        con.execute(f"ATTACH '{options.warehouse}' AS source (READ_ONLY)")
        fill(con, options.size)
        works = con.execute("SELECT count(*) FROM staging.works").fetchall()[0][0]
        con.execute(
            f"CREATE TEMPORARY TABLE day AS FROM staging.works ORDER BY md5(work_id) LIMIT {options.day};"
            "DELETE FROM staging.works WHERE work_id IN (SELECT work_id FROM day)"
        )
        begun = time.perf_counter()
        counts = relate_papers(con, threads=options.threads)
        took = f"{time.perf_counter() - begun:,.0f} s, {time.process_time():,.0f} s of processor, {peak():.1f} GB"
        print(f"{works:,} works: {took}, {counts}", flush=True)
        if options.day:
            con.execute("INSERT INTO staging.works FROM day")
            begun, worked = time.perf_counter(), time.process_time()
            counts = relate_papers(con, threads=options.threads)
            took = f"{time.perf_counter() - begun:,.0f} s, {time.process_time() - worked:,.0f} s of processor"
            print(f"  a day of {options.day:,}: {took}, {peak():.1f} GB, {counts}", flush=True)
        rows = con.execute("SELECT count(*) FROM marts.related_papers").fetchall()[0][0]
    print(f"  {rows:,} rows, file {place.working_path.stat().st_size / 2**20:,.0f} MB (works included)", flush=True)
    with duckdb.connect(str(place.working_path), read_only=True, config={"threads": options.threads}) as con:
        ids = con.execute("SELECT work_id FROM staging.works ORDER BY md5(work_id) DESC LIMIT 200").fetchall()
        took = sorted(timed(con, work_id) for (work_id,) in ids)
        print(f"  one list: median {took[100]:.1f} ms, 99th percentile {took[197]:.1f} ms", flush=True)


def fill(con: duckdb.DuckDBPyConnection, size: int) -> None:
    """Copy evenly spread works and their references; a source may have been made by an older version."""
    total = con.execute("SELECT count(*) FROM source.staging.works").fetchall()[0][0]
    every = max(1, total // size) if size else 1
    con.execute(
        f"""
        DROP TABLE staging.works;
        CREATE TABLE staging.works AS
        SELECT work_id, title, abstract, primary_category
        FROM (FROM source.staging.works SELECT *, row_number() OVER (ORDER BY work_id) AS place)
        WHERE place % {every} = 0 ORDER BY work_id LIMIT {size or total};
        INSERT INTO staging.work_references
        FROM source.staging.work_references SEMI JOIN staging.works USING (work_id)
        """
    )


def timed(con: duckdb.DuckDBPyConnection, work_id: str) -> float:
    begun = time.perf_counter()
    con.execute("SELECT * FROM marts.related_papers WHERE work_id = ? ORDER BY rank", [work_id]).fetchall()
    return (time.perf_counter() - begun) * 1e3


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def neighbours(options: argparse.Namespace) -> None:
    """Print the ranks of known neighbours and their recall beside that of chance."""
    known = set(options.ids.read_text(encoding="utf-8").split())
    with duckdb.connect(str(options.warehouse), read_only=True) as con:
        works = con.sql(query("marts/related_texts")).pl()
        con.execute(f"CREATE TEMPORARY TABLE related_citations AS {query('marts/related_citations')}")
        references = con.sql("FROM related_citations").pl()
    found = compared(works, references)
    rows = np.flatnonzero((works["work_id"] == options.work_id).to_numpy())
    papers = pl.concat(pl.DataFrame(pl.from_arrow(batch.papers)) for batch in related(found, rows, threads=1))
    ranks = papers.filter(pl.col("related_work_id").is_in(known)).select("rank", "related_work_id", "shared_terms")
    print(f"{works.height:,} works, a list of {papers.height}, {len(known)} known neighbours")
    for rank, work_id, terms in ranks.rows():
        print(f"  {rank:>4} {work_id} {', '.join(terms)}")
    for at in AT:
        hits = ranks.filter(pl.col("rank") <= at).height
        print(f"recall@{at} {hits / len(known):.3f}, by chance {at / (works.height - 1):.5f}")


def references(options: argparse.Namespace) -> None:
    """Print how many hidden references come back, by what the lists go by."""
    works, cited = openalex(options.works)
    inner = cited.filter(pl.col("reference").is_in(works["work_id"].to_list()))
    hidden = inner.filter(
        pl.struct("work_id", "reference").map_elements(
            lambda pair: drawn(f"{pair['work_id']} {pair['reference']}") < options.hide, return_dtype=pl.Boolean
        )
    )
    left = cited.join(hidden, on=["work_id", "reference"], how="anti")
    print(f"{works.height:,} works, {inner.height:,} references among them, {hidden.height:,} hidden")
    nothing = cited.clear()
    titles = works.with_columns(abstract=pl.lit(None, dtype=pl.String))
    no_text = works.with_columns(title=pl.lit(""), abstract=pl.lit(None, dtype=pl.String))
    for name, texts, kept in (
        ("titles alone", titles, nothing),
        ("titles and abstracts", works, nothing),
        ("references alone", no_text, left),
        ("all", works, left),
    ):
        found = compared(texts, kept)
        papers = pl.concat(
            pl.DataFrame(pl.from_arrow(batch.papers)) for batch in related(found, np.arange(works.height), threads=2)
        )
        hits = hidden.join(papers, left_on=["work_id", "reference"], right_on=["work_id", "related_work_id"])
        shares = [hits.filter(pl.col("rank") <= at).height / hidden.height for at in AT]
        chance = [papers.filter(pl.col("rank") <= at).height / works.height / (works.height - 1) for at in AT]
        print(
            f"{name:22}"
            + ", ".join(
                f"recall@{at} {share:.3f} (as many at random {random:.3f})"
                for at, share, random in zip(AT, shares, chance, strict=True)
            )
        )


def compared(works: pl.DataFrame, references: pl.DataFrame) -> Corpus:
    """Works by their own counts."""
    statistics = count(works, references)
    return corpus(pl.concat(kept_terms(works, statistics)), references, statistics)


def drawn(text: str) -> float:
    """A number from 0 to 1 that only the text decides."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


def openalex(path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The works and references of OpenAlex records, one a line."""
    works, cited = {}, set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            work_id = "openalex:" + record["id"].rpartition("/")[2]
            works[work_id] = (
                work_id,
                record["title"] or "",
                abstract(record),
                (record["primary_topic"] or {}).get("id"),
            )
            cited |= {(work_id, "openalex:" + other.rpartition("/")[2]) for other in record["referenced_works"]}
    schema = {"work_id": pl.String, "title": pl.String, "abstract": pl.String, "subject": pl.String}
    frame = pl.DataFrame(list(works.values()), schema=schema, orient="row").sort("work_id")
    return frame, pl.DataFrame(
        sorted(pair for pair in cited if pair[0] != pair[1]), schema=["work_id", "reference"], orient="row"
    )


def abstract(record: dict[str, object]) -> str | None:
    """The abstract of a record, from its inverted index or as it stands."""
    inverted = record.get("abstract_inverted_index")
    if isinstance(inverted, dict):
        places = sorted((place, word) for word, found in inverted.items() for place in found)
        return " ".join(word for _, word in places)
    plain = record.get("abstract")
    return plain if isinstance(plain, str) else None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True)
    threads = Settings().threads
    command = commands.add_parser("speed")
    command.add_argument("warehouse", type=Path, help="A file with staging.works.")
    command.add_argument("folder", type=Path, help="Where files are made; delete it afterwards.")
    command.add_argument("--sizes", type=int, nargs="+", default=[100_000, 400_000, 0], help="Works; 0 for all.")
    command.add_argument("--day", type=int, default=0, help="Works held back and added afterwards.")
    command.add_argument("--threads", type=int, default=threads, help="Threads.")
    command.set_defaults(run=speed)
    command = commands.add_parser("one", help="A size of speed, in a process of its own.")
    command.add_argument("warehouse", type=Path)
    command.add_argument("folder", type=Path)
    command.add_argument("size", type=int)
    command.add_argument("day", type=int)
    command.add_argument("--threads", type=int, default=threads)
    command.set_defaults(run=one)
    command = commands.add_parser("neighbours")
    command.add_argument("warehouse", type=Path, help="A file with staging.works.")
    command.add_argument("work_id", help="The paper.")
    command.add_argument("ids", type=Path, help="Work ids known to be related to it.")
    command.set_defaults(run=neighbours)
    command = commands.add_parser("references")
    command.add_argument("works", type=Path, help="OpenAlex works, JSON lines, .gz.")
    command.add_argument("--hide", type=float, default=0.2, help="Share of the references among the works.")
    command.set_defaults(run=references)
    return parser.parse_args()


if __name__ == "__main__":
    main()
