"""What the benchmarks share: the blocks of printed names, parts of an input, scores in one line.

What belongs here: what two of them need. What does not: anything that a user of the resolver would call.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from pipeline.resolve import evaluate
from pipeline.resolve.evaluation import read_names


def read_blocks(names: pl.DataFrame) -> pl.DataFrame:
    """Read distinct printed names as the resolver does.

    Args:
        names: `name`, and `given` and `family` where they are known.

    Returns:
        Each distinct name with `block` (empty for groups and placeholders), `first` (its first given name, empty where
        there is none), `is_written` (that is more than an initial) and `given_words`.
    """
    parts = [
        pl.col(part) if part in names.columns else pl.lit(None, dtype=pl.String).alias(part)
        for part in ("name", "given", "family")
    ]
    distinct = names.select(parts).unique().sort("name", "given", "family")
    table = read_names(distinct)

    def texts(known: pl.Series, codes: np.ndarray) -> pl.Series:
        return pl.concat([known, pl.Series(known.name, [""])]).gather(np.where(codes < 0, len(known), codes))

    words = [texts(table.words, table.tokens.codes[:, k]).alias(f"{k}") for k in range(table.tokens.codes.shape[1])]
    spaced = pl.DataFrame(words).select(pl.concat_str(pl.all(), separator=" ").str.strip_chars()).to_series()
    return distinct.with_columns(
        block=texts(table.blocks, table.block),
        first=texts(table.words, table.first),
        is_written=pl.Series(table.full >= 0),
        given_words=spaced,
    )


def with_blocks(mentions: pl.DataFrame) -> pl.DataFrame:
    """Mentions with what `read_blocks` says of their names."""
    parts = [part for part in ("name", "given", "family") if part in mentions.columns]
    known = read_blocks(mentions).drop({"given", "family"}.difference(parts))
    return mentions.join(known, on=parts, how="left", nulls_equal=True, maintain_order="left")


class Part(NamedTuple):
    """A part of an input: mentions, and their works."""

    mentions: pl.DataFrame
    works: pl.DataFrame


def part_of(folder: Path, mention_ids: pl.DataFrame) -> Part:
    """The named mentions of an input folder, and their works."""
    mentions = pl.scan_parquet(folder / "mentions.parquet").join(
        mention_ids.lazy().select("mention_id"), on="mention_id", how="semi"
    ).collect()  # fmt: skip
    works = pl.scan_parquet(folder / "works.parquet").join(
        mentions.lazy().select("work_id").unique(), on="work_id", how="semi"
    ).collect()  # fmt: skip
    return Part(mentions, works)


class Scores(NamedTuple):
    """B-cubed and pairwise scores of one slice."""

    b3_f1: float
    b3_precision: float
    b3_recall: float
    pair_f1: float
    mentions: float

    def __str__(self) -> str:
        """As a cell of a table."""
        return f"{self.b3_f1:.4f} (P {self.b3_precision:.3f} R {self.b3_recall:.3f}) {self.pair_f1:.4f}"


def scored(gold: pl.DataFrame, clusters: pl.DataFrame) -> dict[str, Scores]:
    """Scores by slice: `all`, and `ambiguous` where gold has blocks with several authors."""
    found = evaluate(gold.to_arrow(), clusters.to_arrow())
    value = {(row["slice"], row["metric"]): row["value"] for row in found.iter_rows(named=True)}
    return {
        part: Scores(*(value[part, metric] for metric in Scores._fields))
        for part in ("all", "ambiguous")
        if (part, "b3_f1") in value
    }


def print_row(values: Sequence[str], widths: Sequence[int]) -> None:
    """Print one row of a table, as Markdown that is aligned, too."""
    print("| " + " | ".join(value.ljust(width) for value, width in zip(values, widths, strict=True)) + " |", flush=True)


def input_folder(text: str) -> Path:
    """A folder that holds mentions and works, as an argument of a command.

    Raises:
        SystemExit: it does not, in one sentence.
    """
    folder = Path(text)
    missing = [name for name in ("mentions.parquet", "works.parquet") if not (folder / name).is_file()]
    if missing:
        raise SystemExit(f"error: {folder} holds no {missing[0]}: name a folder with mentions.parquet, works.parquet.")
    return folder
