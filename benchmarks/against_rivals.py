"""The resolver beside other systems, on the same input, in one run.

    python benchmarks/against_rivals.py DIR ... [--rival splink] [--rival "NAME=COMMAND"] [--splink-python PYTHON]
        [--blocks N] [--learn-from DIR ...] [--together NAME,NAME]

Each DIR holds mentions.parquet, works.parquet and gold.parquet (`mention_id, gold_author`, optionally `block`).
Every system is one whole process, one after the other. The resolver is `pipeline resolve` with the shipped weights,
which may have been fitted on the set; `--learn-from` adds a row with weights derived from labelled sets that are not
the set, nor share people with it (`--together`).

`--rival splink` runs `splink_runner.py` with PYTHON, an environment that has Splink 5. Its records are prepared with
this project's own reading of names, and that time is not counted. Its second row is an upper bound that no user gets:
the one threshold that is best on the labels. Any other system is a COMMAND in which {mentions}, {works} and {clusters}
are replaced by paths; it writes `mention_id, author_id`. `--blocks N` measures on N blocks of gold, settled by a digest
of their keys.
"""

import argparse
import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from blocks import Scores, input_folder, part_of, print_row, read_blocks, scored, with_blocks
from launch import LaunchError, Took, measured
from resolve_quality import unseen_model
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.names import fold
from pipeline.resolve import Model, resolve

PIPELINE = Path(sys.executable).with_name("pipeline")
SPLINK = Path(__file__).with_name("splink_runner.py")
COAUTHORS = 50
SHORTEST_WORD = 3
COMMON = 0.03
"""Words in a larger share of the titles, or affiliations, say nothing."""
HEADINGS = ("set", "system", "B3 F1 (P, R) pairs F1", "ambiguous blocks", "seconds", "GB", "x ours")
WIDTHS = (12, 26, 38, 38, 8, 5, 6)


class Row(NamedTuple):
    """One system on one set; a note stands for scores that are missing."""

    system: str
    scores: dict[str, Scores]
    took: Took | None
    note: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description="The resolver beside other systems.")
    parser.add_argument("sets", type=input_folder, nargs="+", metavar="DIR")
    parser.add_argument("--rival", action="append", default=[], help="splink, or NAME=COMMAND")
    parser.add_argument("--splink-python", default=sys.executable, help="python of an environment that has Splink 5")
    parser.add_argument("--blocks", type=int, help="measure on so many blocks of gold")
    parser.add_argument("--learn-from", type=input_folder, nargs="*", default=[], metavar="DIR", help="labelled sets")
    parser.add_argument("--together", action="append", default=[], help="sets that share people, separated by commas")
    arguments = parser.parse_args()
    print_row(HEADINGS, WIDTHS)
    print_row(["-" * width for width in WIDTHS], WIDTHS)
    for folder in arguments.sets:
        with tempfile.TemporaryDirectory() as place:
            source = sampled(folder, arguments.blocks, Path(place)) if arguments.blocks else folder
            ours = None
            for row in rows(folder.name, source, Path(place), arguments):
                ours = ours or row.took
                print_row(cells(folder.name, row, ours), WIDTHS)


def rows(name: str, folder: Path, place: Path, arguments: argparse.Namespace) -> Iterator[Row]:
    """Measure every system on one set, ours first."""
    gold = pl.read_parquet(folder / "gold.parquet")
    paths = {kind: str(folder / f"{kind}.parquet") for kind in ("mentions", "works")}
    clusters = place / "clusters.parquet"
    took = measured([str(PIPELINE), "resolve", *paths.values(), "-o", str(clusters)])
    yield Row("ours", scored(gold, pl.read_parquet(clusters)), took)
    if arguments.learn_from:
        together = frozenset(frozenset(names.split(",")) for names in arguments.together)
        hidden = frozenset({name}).union(*(names for names in together if name in names))
        model = model_without(hidden, tuple(arguments.learn_from))
        found = resolve(*(pq.read_table(path) for path in paths.values()), model=model).clusters
        yield Row("ours, set not seen", scored(gold, pl.DataFrame(found)), None)
    for rival in arguments.rival:
        system, _, command = rival.partition("=")
        try:
            if system == "splink":
                yield from splink_rows(folder, gold, place, arguments.splink_python)
            elif command:
                words = [word.format(**paths, clusters=clusters) for word in shlex.split(command)]
                took = measured(words)
                yield Row(system, scored(gold, pl.read_parquet(clusters)), took)
            else:
                yield Row(system, {}, None, "not installed: give its command, NAME=COMMAND")
        except LaunchError as error:
            yield Row(system, {}, None, f"failed: {error}")


def cells(name: str, row: Row, ours: Took | None) -> list[str]:
    """The printed cells of a row."""
    took = row.took
    return [
        name,
        row.system,
        str(row.scores["all"]) if row.scores else row.note,
        str(row.scores["ambiguous"]) if "ambiguous" in row.scores else "",
        f"{took.seconds:.1f}" if took else "",
        f"{took.gigabytes:.2f}" if took else "",
        f"{took.seconds / ours.seconds:.1f}" if took and ours else "",
    ]


@cache
def model_without(hidden: frozenset[str], labelled: tuple[Path, ...]) -> Model:
    """Weights derived from the labelled sets that are not hidden."""
    return unseen_model(Path(min(hidden)), list(labelled), [], [set(hidden)])


def sampled(folder: Path, blocks: int, place: Path) -> Path:
    """Write the part of a set that some blocks of gold hold.

    Raises:
        SystemExit: gold has no blocks.
    """
    gold = pl.read_parquet(folder / "gold.parquet")
    if "block" not in gold.columns:
        raise SystemExit(f"error: {folder / 'gold.parquet'} has no column 'block': leave --blocks out.")
    labelled = gold.filter(pl.col("block").is_in(chosen_blocks(gold, blocks)))
    part = part_of(folder, labelled)
    part.mentions.write_parquet(place / "mentions.parquet")
    part.works.write_parquet(place / "works.parquet")
    labelled.write_parquet(place / "gold.parquet")
    return place


def chosen_blocks(gold: pl.DataFrame, count: int) -> list[str]:
    """So many blocks with a labelled mention, by a digest of their keys."""
    keys = gold.drop_nulls(["gold_author", "block"])["block"].unique().to_list()
    return sorted(keys, key=lambda key: hashlib.sha256(key.encode()).digest())[:count]


def splink_rows(folder: Path, gold: pl.DataFrame, place: Path, python: str) -> Iterator[Row]:
    """Splink at its usual threshold, and at the one that is best on the labels."""
    try:
        version = subprocess.run(
            [python, "-I", "-c", "import splink; print(splink.__version__)"], check=True, capture_output=True, text=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        yield Row("splink", {}, None, f"not installed for {python}, see --splink-python")
        return
    records, clusters, pairs = (place / f"splink_{kind}.parquet" for kind in ("records", "clusters", "pairs"))
    ids = pl.read_parquet(folder / "mentions.parquet", columns=["mention_id"])["mention_id"].sort()
    prepared(pl.read_parquet(folder / "mentions.parquet"), pl.read_parquet(folder / "works.parquet")).write_parquet(
        records
    )
    took = measured([python, str(SPLINK), *map(str, (records, clusters, pairs))])
    seconds = took.seconds - json.loads(took.output.splitlines()[-1])["oracle_seconds"]
    found = pl.read_parquet(clusters).select(
        mention_id=ids.gather(pl.read_parquet(clusters)["unique_id"]), author_id="cluster_id"
    )
    yield Row(f"Splink {version}, p >= .95", scored(gold, found), Took(seconds, took.gigabytes, ""))
    bits, scores = best_threshold(ids, pl.read_parquet(pairs), gold)
    yield Row(f"Splink, oracle {bits:+d} bits", scores, None)


def prepared(mentions: pl.DataFrame, works: pl.DataFrame) -> pl.DataFrame:
    """Mentions as Splink compares them: one row each, in the order of their ids, nothing known is null.

    Lists hold numbers of words, or of co-authors by family name and initial: DuckDB meets those faster than text.
    """
    authors = works.select("work_id", name="authors").explode("name").drop_nulls("name")
    keys = read_blocks(authors.select("name")).select("name", "block").filter(pl.col("block") != "")
    beside = (
        authors.join(keys, on="name")
        .select("work_id", coauthors=pl.col("block").rank("dense").cast(pl.Int32), coauthor_block="block")
    )  # fmt: skip
    code_of = beside.select(block="coauthor_block", own="coauthors").unique()
    bylines = beside.group_by("work_id").agg(pl.col("coauthors").unique().sort())
    titles = works.select("work_id", title=word_codes(works["title"]))
    nothing = pl.repeat(None, mentions.height, dtype=pl.String, eager=True)
    family = pl.col("block").str.replace(r"\|[^|]*$", "")
    affiliation = mentions["affiliation"] if "affiliation" in mentions.columns else nothing
    return (
        with_blocks(mentions)
        .with_columns(affiliation=word_codes(affiliation))
        .sort("mention_id")
        .join(code_of, on="block", how="left", maintain_order="left")
        .join(bylines, on="work_id", how="left", maintain_order="left")
        .join(titles, on="work_id", how="left", maintain_order="left")
        .with_row_index("unique_id")
        .select(
            pl.col("unique_id").cast(pl.Int64),
            "work_id",
            family=family.replace("", None),
            initial=pl.col("first").str.slice(0, 1).replace("", None),
            given=pl.when("is_written").then("first"),
            initials=pl.col("given_words").str.replace_all(r"(\S)\S*\s*", "$1").replace("", None),
            coauthors=_null_if_empty(
                pl.col("coauthors").list.set_difference(pl.concat_list("own")).list.sort().list.head(COAUTHORS)
            ),
            affiliation=_null_if_empty(pl.col("affiliation")),
            title=_null_if_empty(pl.col("title")),
        )
    )


def _null_if_empty(column: pl.Expr) -> pl.Expr:
    return pl.when(column.list.len() > 0).then(column)


def word_codes(texts: pl.Series) -> pl.Series:
    """The distinct words of each text as numbers, without short words and those of many texts."""
    words = (
        pl.DataFrame({"text": texts})
        .with_row_index("row")
        .with_columns(word=pl.col("text").map_elements(fold, return_dtype=pl.String).str.split(" "))
        .explode("word")
        .filter(pl.col("word").str.len_chars() >= SHORTEST_WORD)
        .select("row", "word")
        .unique()
    )
    most = max(COMMON * len(texts), 20)
    kept = words.filter(pl.len().over("word") <= most).with_columns(pl.col("word").rank("dense").cast(pl.Int32))
    by_row = kept.group_by("row").agg(pl.col("word").sort())
    rows_ = pl.DataFrame({"row": np.arange(len(texts), dtype=np.uint32)})
    return rows_.join(by_row, on="row", how="left", maintain_order="left")["word"]


def best_threshold(ids: pl.Series, pairs: pl.DataFrame, gold: pl.DataFrame) -> tuple[int, dict[str, Scores]]:
    """The whole number of bits from which linking pairs scores best on the labels, and the scores."""
    left, right, weight = (pairs[name].to_numpy() for name in ("unique_id_l", "unique_id_r", "match_weight"))
    best: tuple[int, dict[str, Scores]] = (0, {})
    lowest, highest = (int(np.floor(weight.min())), int(np.ceil(weight.max()))) if len(weight) else (0, 0)
    for bits in range(lowest, highest + 1):
        kept = weight >= bits
        graph = csr_matrix((np.ones(kept.sum(), dtype=np.int8), (left[kept], right[kept])), shape=(len(ids), len(ids)))
        component = connected_components(graph, directed=False)[1]
        scores = scored(gold, pl.DataFrame({"mention_id": ids, "author_id": component}))
        if not best[1] or scores["all"].b3_f1 > best[1]["all"].b3_f1:
            best = (bits, scores)
    return best


if __name__ == "__main__":
    main()
