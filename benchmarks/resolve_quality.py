"""Resolver quality on labelled sets, each measured with weights that have never seen it.

    python benchmarks/resolve_quality.py SET_DIR ... [--together NAME,NAME ...] [--settle SET_DIR ...] [--shipped]

Each SET_DIR holds mentions.parquet, works.parquet and gold.parquet (`mention_id, gold_author`, optionally `block`).
For each set the weights are derived from the other sets; sets named in one `--together` are left out together,
because they share people. `--shipped` measures the shipped weights instead, which may have been fitted on the set.
Prints one line per set: B-cubed and pairwise scores, over all labelled mentions and over ambiguous blocks, and
seconds of `resolve`.
"""

import argparse
import time
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipeline.resolve import evaluate, resolve, shipped_model
from pipeline.resolve.counts import shipped_counts
from pipeline.resolve.fit import derived_model
from pipeline.resolve.model import Model, model_from
from pipeline.resolve.topics import shipped_topics


def unseen_model(folder: Path, folders: list[Path], settling: list[Path], together: list[set[str]]) -> Model:
    """Weights derived from the sets that share no people with this one."""
    hidden = {folder.name}.union(*(names for names in together if folder.name in names))
    counts, topics = shipped_counts(), shipped_topics()
    seen, settled = ([f for f in several if f.name not in hidden] for several in (folders, settling))
    return model_from(derived_model(seen, settled, counts, topics), counts, topics)


def measured(folder: Path, model: Model) -> tuple[pl.DataFrame, float]:
    """Scores of one set, and the seconds that resolving took."""
    mentions, works = pq.read_table(folder / "mentions.parquet"), pq.read_table(folder / "works.parquet")
    begun = time.perf_counter()
    clusters = resolve(mentions, works, model=model).clusters
    seconds = time.perf_counter() - begun
    return evaluate(pq.read_table(folder / "gold.parquet"), clusters), seconds


def line(name: str, scores: pl.DataFrame, seconds: float) -> str:
    """One printed line."""
    value = {(row["slice"], row["metric"]): row["value"] for row in scores.iter_rows(named=True)}
    parts = [f"{name:14s}"]
    for part in ("all", "ambiguous"):
        if (part, "b3_f1") in value:
            b3, precision, recall, pair = (
                value[part, metric] for metric in ("b3_f1", "b3_precision", "b3_recall", "pair_f1")
            )
            parts.append(f"{part}: B3 {b3:.4f} (P {precision:.3f} R {recall:.3f}) pairs {pair:.4f}")
    return "  ".join([*parts, f"{seconds:.1f} s"])


def main() -> None:
    parser = argparse.ArgumentParser(description="Resolver quality on labelled sets, leave-one-set-out.")
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET_DIR")
    parser.add_argument("--together", action="append", default=[], help="sets that share people, separated by commas")
    parser.add_argument("--settle", type=Path, nargs="*", default=[], metavar="SET_DIR", help="sets for the prior only")
    parser.add_argument("--shipped", action="store_true", help="measure the shipped weights")
    arguments = parser.parse_args()
    together = [set(names.split(",")) for names in arguments.together]
    for folder in arguments.sets:
        model = (
            shipped_model() if arguments.shipped else unseen_model(folder, arguments.sets, arguments.settle, together)
        )
        scores, seconds = measured(folder, model)
        print(line(folder.name, scores, seconds), f"prior {model.prior:+.1f}", flush=True)


if __name__ == "__main__":
    main()
