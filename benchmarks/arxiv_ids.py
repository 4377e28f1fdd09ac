"""Labelled places of arXiv bylines, resolved inside the whole corpus; and named people's acceptance check.

    python benchmarks/arxiv_ids.py CORPUS_DIR [GOLD.parquet] [--kind KIND ...] [--people PEOPLE.json]

CORPUS_DIR holds mentions.parquet and works.parquet; a mention's id is `arxiv:<id>#<place in the byline>`. GOLD has
`arxiv_id, position, name, gold_author, kind`: kinds are separate spaces of ids, and each is measured by itself. Every
mention of the corpus in a block with a labelled mention is resolved; blocks are independent, so this is what resolving
the whole corpus gives. Prints scores over the blocks that hold several labelled people, beside those of taking equal
folded names for one person.

PEOPLE is a list of objects: `names`, spellings of one person; `works`, arXiv ids; `exactly`, false where the person has
other works, too. Each is right when the names on those works are one author who, unless told otherwise, has no others.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import polars as pl
from blocks import Part, input_folder, part_of, read_blocks, scored

from pipeline.names import fold
from pipeline.resolve import resolve

PREFIX = "arxiv:"


class Verdict(NamedTuple):
    """What became of a person.

    Args:
        authors: Works of each author who bears one of the names on one of the expected works, most works first.
        absent: Expected works on which none of the names stands.
        is_right: As PEOPLE wants it.
    """

    authors: list[list[str]]
    absent: list[str]
    is_right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description="Labelled places of arXiv bylines, inside the whole corpus.")
    parser.add_argument("corpus", type=input_folder, metavar="CORPUS_DIR")
    parser.add_argument("gold", type=Path, nargs="?", metavar="GOLD.parquet")
    parser.add_argument("--kind", action="append", help="kinds of ids to measure, all when left out")
    parser.add_argument("--people", type=Path, metavar="PEOPLE.json", help="people to check")
    arguments = parser.parse_args()
    if not arguments.gold and not arguments.people:
        raise SystemExit("error: nothing to measure: name GOLD.parquet, --people PEOPLE.json or both.")
    begun = time.perf_counter()
    names = read_blocks(pl.scan_parquet(arguments.corpus / "mentions.parquet").select("name").unique().collect())
    print(f"{names.height:,} names read in {time.perf_counter() - begun:.0f} s", flush=True)
    right = True
    if arguments.people:
        right = check_people(arguments.corpus, names, json.loads(arguments.people.read_text(encoding="utf-8")))
    if arguments.gold:
        labels = pl.read_parquet(arguments.gold)
        kinds = arguments.kind or labels.group_by("kind").len().filter(pl.col("len") > 1).sort("len")["kind"].to_list()
        for kind in kinds:
            measure_kind(arguments.corpus, names, labels.filter(kind=kind), kind)
    sys.exit(0 if right else 1)


def measure_kind(corpus: Path, names: pl.DataFrame, labels: pl.DataFrame, kind: str) -> None:
    """Resolve the blocks of one kind of labels and print their scores."""
    gold = gold_mentions(labels, names)
    part = mentions_of_blocks(corpus, names, gold["block"].unique())
    begun = time.perf_counter()
    clusters = pl.DataFrame(resolve(part.mentions.to_arrow(), part.works.to_arrow()).clusters)
    seconds = time.perf_counter() - begun
    placed = gold.join(clusters, on="mention_id", how="semi")
    print(
        f"{kind}: {part.mentions.height:,} mentions resolved in {seconds:.0f} s, {gold.height:,} labelled", flush=True
    )
    if placed.height < gold.height:
        print(f"    {gold.height - placed.height:,} labelled places are not in the corpus and left out")
    for system, found in (("ours", clusters), ("equal folded name", exact_names(placed))):
        scores = scored(placed, found)
        for part_, score in scores.items():
            print(f"    {system:18s} {part_:10s} B3 {score}, {score.mentions:,.0f} mentions", flush=True)


def gold_mentions(labels: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """`mention_id, gold_author, block, name` of labelled places; the block is the one its printed name is in.

    A place whose printed name is not a person's, or not in the corpus, is in no block and cannot be resolved.
    """
    return (
        labels.select(
            "gold_author",
            "name",
            mention_id=pl.concat_str(pl.lit(PREFIX), "arxiv_id", pl.lit("#"), "position"),
        )
        .join(names.select("name", "block"), on="name", maintain_order="left")
        .filter(pl.col("block") != "")
    )


def mentions_of_blocks(corpus: Path, names: pl.DataFrame, blocks: pl.Series) -> Part:
    """All mentions of some blocks, and their works."""
    chosen = names.filter(pl.col("block").is_in(blocks.implode())).select("name")
    ids = pl.scan_parquet(corpus / "mentions.parquet").join(chosen.lazy(), on="name", how="semi").select("mention_id")
    return part_of(corpus, ids.collect())


def exact_names(mentions: pl.DataFrame) -> pl.DataFrame:
    """Clusters of mentions whose folded names are equal."""
    folded = pl.Series([fold(name) for name in mentions["name"]], dtype=pl.String)
    return mentions.select("mention_id", author_id=folded)


def check_people(corpus: Path, names: pl.DataFrame, people: list[dict]) -> bool:
    """Resolve the blocks of some people and print what became of each; tells whether all are right."""
    spellings = pl.Series([name for person in people for name in person["names"]], dtype=pl.String)
    known = names.filter(pl.col("name").is_in(spellings.implode()) & (pl.col("block") != ""))
    part = mentions_of_blocks(corpus, names, known["block"].unique())
    clusters = pl.DataFrame(resolve(part.mentions.to_arrow(), part.works.to_arrow()).clusters)
    resolved = part.mentions.select("mention_id", "work_id", "name").join(clusters, on="mention_id")
    right = True
    for person in people:
        verdict = judged(resolved, person)
        right &= verdict.is_right
        print(f"{'right' if verdict.is_right else 'WRONG'}: {', '.join(person['names'])}")
        for works in verdict.authors:
            expected = len(set(works) & set(person["works"]))
            shown = ", ".join(works) if person.get("exactly", True) else f"{expected} of them expected"
            print(f"    an author of {len(works)} works: {shown}")
        if verdict.absent:
            print(f"    not on {', '.join(verdict.absent)}")
    return right


def judged(resolved: pl.DataFrame, person: dict) -> Verdict:
    """Hold one person against the resolved mentions (`work_id, name, author_id`)."""
    expected = [f"{PREFIX}{work}" for work in person["works"]]
    here = resolved.filter(pl.col("name").is_in(person["names"]) & pl.col("work_id").is_in(expected))
    works_of = (
        resolved.join(here.select("author_id").unique(), on="author_id")
        .group_by("author_id")
        .agg(pl.col("work_id").str.strip_prefix(PREFIX).unique().sort())
        .sort(pl.col("work_id").list.len(), "author_id", descending=[True, False])["work_id"]
        .to_list()
    )
    absent = sorted(set(person["works"]) - set(here["work_id"].str.strip_prefix(PREFIX)))
    is_one = len(works_of) == 1
    exact = is_one and works_of[0] == sorted(person["works"])
    return Verdict(works_of, absent, exact if person.get("exactly", True) else is_one)


if __name__ == "__main__":
    main()
