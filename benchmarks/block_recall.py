"""What blocking loses: recall of true pairs, the pairs that are compared, and the largest blocks.

    python benchmarks/block_recall.py DIR ... [--examples N] [--largest N]

Each DIR holds mentions.parquet and works.parquet. With gold.parquet (`mention_id, gold_author`), prints which share of
the pairs of one gold author are in one block; in one unit, a large block being several; and, of the others, in units
that a shared rare co-author of the author's mentions there can propose for a join (an upper bound: names and weights
have the last word). Names of one author that are in two blocks are counted by reason. `--largest N` resolves the N
largest blocks, each alone, and prints seconds.
"""

import argparse
import time
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from blocks import input_folder, part_of, print_row, with_blocks

from pipeline.names import fold, given_name_forms
from pipeline.resolve import resolve
from pipeline.resolve.blocking import WHOLE_BLOCK
from pipeline.resolve.counts import shipped_counts
from pipeline.resolve.evidence import read_evidence
from pipeline.resolve.inputs import checked_input
from pipeline.resolve.joins import rare_coauthors
from pipeline.resolve.topics import shipped_topics

SIMILAR = 0.75
"""Family names that have so large a share of their letters in common are spellings of one."""
HEADINGS = ("set", "true pairs", "one block", "one unit", "or a join", "lost", "pairs compared", "of all pairs")
WIDTHS = (12, 10, 9, 9, 9, 7, 14, 12)


class Name(NamedTuple):
    """A printed name as the resolver reads it."""

    printed: str
    block: str
    first: str
    given_words: str

    @property
    def family(self) -> str:
        """The family key."""
        return self.block.rpartition("|")[0]


class Recall(NamedTuple):
    """Pairs of mentions of one gold author: all, in one block, in one unit, in units that joins may connect."""

    pairs: int
    in_block: int
    in_unit: int
    joinable: int


def main() -> None:
    parser = argparse.ArgumentParser(description="What blocking loses, and the largest blocks.")
    parser.add_argument("sets", type=input_folder, nargs="+", metavar="DIR")
    parser.add_argument("--examples", type=int, default=0, help="names to print for each reason")
    parser.add_argument("--largest", type=int, default=0, help="resolve so many of the largest blocks")
    arguments = parser.parse_args()
    print_row(HEADINGS, WIDTHS)
    print_row(["-" * width for width in WIDTHS], WIDTHS)
    for folder in arguments.sets:
        names = pl.scan_parquet(folder / "mentions.parquet").select(pl.col("^(name|given|family)$"))
        mentions = (
            pl.read_parquet(folder / "mentions.parquet", columns=["mention_id", *names.collect_schema().names()])
            .pipe(with_blocks)
            .pipe(with_units)
            .select("mention_id", "name", "block", "unit", "first", "given_words")
        )
        labelled = labelled_mentions(folder, mentions) if (folder / "gold.parquet").is_file() else None
        print_row(cells(folder, mentions, labelled), WIDTHS)
        if labelled is not None:
            print_lost(labelled, arguments.examples)
        if arguments.largest:
            print_largest(folder, mentions, arguments.largest)


def labelled_mentions(folder: Path, mentions: pl.DataFrame) -> pl.DataFrame:
    """The mentions that gold labels, with `gold_author`."""
    gold = pl.read_parquet(folder / "gold.parquet", columns=["mention_id", "gold_author"])
    return mentions.join(gold.drop_nulls(), on="mention_id", maintain_order="left")


def with_units(mentions: pl.DataFrame) -> pl.DataFrame:
    """Add the unit of each mention: its block, and in a block that is split its first name where that is written."""
    split = (pl.len().over("block") > WHOLE_BLOCK) & pl.col("is_written")
    return mentions.with_columns(
        unit=pl.concat_str("block", pl.lit(" "), pl.when(split).then("first").otherwise(pl.lit("")))
    )


def cells(folder: Path, mentions: pl.DataFrame, labelled: pl.DataFrame | None) -> list[str]:
    """The printed cells of one input."""
    compared, all_pairs = compared_pairs(mentions), mentions.height * (mentions.height - 1) // 2
    counted = [f"{compared:,}", f"1 in {all_pairs / compared:,.0f}" if compared else "none"]
    if labelled is None:
        return [folder.name, "", "", "", "", "", *counted]
    found = recall(labelled, rare_names_beside(folder, mentions, labelled))
    shares = [part / max(found.pairs, 1) for part in found[1:]]
    return [
        folder.name,
        f"{found.pairs:,}",
        *(f"{share:.4f}" for share in (shares[0], shares[1], shares[1] + shares[2])),
        f"{1 - shares[0]:.4f}",
        *counted,
    ]


def compared_pairs(mentions: pl.DataFrame) -> int:
    """Pairs of mentions of one unit."""
    return _pairs(mentions.filter(pl.col("block") != ""), ["unit"])


def _pairs(frame: pl.DataFrame, together: list[str]) -> int:
    sizes = frame.group_by(together).len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def rare_names_beside(folder: Path, mentions: pl.DataFrame, labelled: pl.DataFrame) -> pl.DataFrame:
    """`mention_id, rare`: rare names beside the labelled mentions of blocks that are split."""
    split = mentions.filter(pl.len().over("block") > WHOLE_BLOCK)["block"].unique()
    part = part_of(folder, labelled.filter(pl.col("block").is_in(split.implode())))
    if part.mentions.is_empty():
        return pl.DataFrame(schema={"mention_id": pl.String, "rare": pl.String})
    source = checked_input(part.mentions.to_arrow(), part.works.to_arrow())
    evidence = read_evidence(source, shipped_counts(), shipped_topics())
    row, code, names = rare_coauthors(evidence, np.arange(source.mentions.height))
    return pl.DataFrame({"mention_id": source.mentions["mention_id"].gather(row), "rare": names.gather(code)})


def recall(labelled: pl.DataFrame, beside: pl.DataFrame) -> Recall:
    """Count the true pairs that blocking keeps.

    Args:
        labelled: `mention_id, gold_author, block, unit`; a mention with an empty block is never linked.
        beside: `mention_id, rare`: rare names beside mentions of split blocks.
    """
    linkable = labelled.filter(pl.col("block") != "")
    by_author = ["gold_author", "block"]
    shared = linkable.select("mention_id", *by_author, "unit").join(beside, on="mention_id")
    units = shared.select(*by_author, "unit", "rare").unique()
    proposed = (
        units.join(units, on=[*by_author, "rare"], suffix="_r")
        .filter(pl.col("unit") < pl.col("unit_r"))
        .select(*by_author, "unit", "unit_r")
        .unique()
    )
    sizes = linkable.group_by(*by_author, "unit").agg(size=pl.len().cast(pl.Int64))
    joinable = proposed.join(sizes, on=[*by_author, "unit"]).join(
        sizes.rename({"unit": "unit_r"}), on=[*by_author, "unit_r"], suffix="_r"
    )
    return Recall(
        pairs=_pairs(labelled, ["gold_author"]),
        in_block=_pairs(linkable, by_author),
        in_unit=_pairs(linkable, [*by_author, "unit"]),
        joinable=int((joinable["size"] * joinable["size_r"]).sum()),
    )


def print_lost(labelled: pl.DataFrame, examples: int) -> None:
    """Print why true pairs are in two blocks, most pairs first."""
    pairs, names = lost(labelled)
    for why, count in pairs.most_common():
        shown = "; ".join(f"{one} / {other}" for (one, other), _ in names[why].most_common(examples))
        print(f"    {why:42s} {count:>9,} pairs, {len(names[why]):>6,} pairs of names{'  ' * bool(shown)}{shown}")


def lost(labelled: pl.DataFrame) -> tuple[Counter[str], dict[str, Counter[tuple[str, str]]]]:
    """True pairs in two blocks: how many by reason, and by reason how many of each two printed names."""
    pairs: Counter[str] = Counter()
    names: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    spread = labelled.filter((pl.col("block").n_unique().over("gold_author") > 1) | (pl.col("block") == ""))
    forms = spread.group_by("gold_author", "name", "block", "first", "given_words").len().sort("gold_author", "name")
    for (_,), author in forms.group_by("gold_author", maintain_order=True):
        held = [(Name(*row[1:5]), row[5]) for row in author.iter_rows()]
        counted = [(one, other, n * m) for (one, n), (other, m) in combinations(held, 2)]
        counted += [(one, one, n * (n - 1) // 2) for one, n in held]
        for one, other, count in counted:
            if count and (not one.block or one.block != other.block):
                why = reason(one, other)
                pairs[why] += count
                names[why][one.printed, other.printed] += count
    return pairs, names


def reason(one: Name, other: Name) -> str:
    """Why two printed names of one person are in two blocks: the first that holds."""
    folded, folded_r = fold(one.printed), fold(other.printed)
    words, words_r = {*folded.split()}, {*folded_r.split()}
    initial = one.first[:1] == other.first[:1]
    same_family = one.family == other.family
    parts = one.family.endswith(other.family) or other.family.endswith(one.family)
    reasons = (
        ("not read as a person's name", not one.block or not other.block),
        ("a word alone", not one.first or not other.first),
        ("hyphenated or double family name", folded == folded_r or (initial and (words < words_r or words_r < words))),
        ("order of the words", words == words_r or one.first == other.family or one.family == other.first),
        ("nickname of another initial", same_family and bool(_FORMS[one.first] & _FORMS[other.first])),
        ("another given name comes first", same_family and _later_initial(one, other)),
        ("another given name", same_family),
        ("hyphenated or double family name", initial and parts),
        ("spelling of the family name", initial and _similar(one.family, other.family)),
        ("changed family name", bool(one.first) and one.first == other.first),
    )
    return next((why for why, holds in reasons if holds), "other")


def _later_initial(one: Name, other: Name) -> bool:
    """Tell whether one's first initial is a later initial of the other."""
    later, later_r = ({word[0] for word in name.given_words.split()[1:]} for name in (one, other))
    return one.first[:1] in later_r or other.first[:1] in later


def _similar(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= SIMILAR


_FORMS: defaultdict[str, set[str]] = defaultdict(set)
for _word, _name in given_name_forms():
    _FORMS[_word].add(_name)


def print_largest(folder: Path, mentions: pl.DataFrame, count: int) -> None:
    """Resolve the largest blocks, each alone, and print what it took."""
    sizes = (
        mentions.filter(pl.col("block") != "").group_by("block").len().sort(["len", "block"], descending=[True, False])
    )
    largest = sizes.head(count)
    chosen = mentions.select("mention_id", "block", "unit").join(largest, on="block")
    part = part_of(folder, chosen)
    for block, size in largest.iter_rows():
        here = chosen.filter(block=block)
        rows = part.mentions.join(here, on="mention_id", how="semi")
        works = part.works.join(rows, on="work_id", how="semi")
        begun = time.perf_counter()
        authors = pl.DataFrame(resolve(rows.to_arrow(), works.to_arrow()).clusters)["author_id"].n_unique()
        seconds = time.perf_counter() - begun
        print(
            f"    {block:16s} {size:>7,} mentions {compared_pairs(here):>12,} pairs compared"
            f" {authors:>7,} authors {seconds:6.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
