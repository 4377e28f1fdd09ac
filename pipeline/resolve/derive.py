"""The commands that re-derive what the resolver ships: counts of names and terms, and match weights.

    python -m pipeline.resolve.derive counts CORPUS.parquet
    python -m pipeline.resolve.derive model SET_DIR ...

CORPUS has the columns `authors` (list of printed names) and `title`. Each SET_DIR holds mentions.parquet and
works.parquet (`schemas`) and gold.parquet (`mention_id, gold_author`, null where unlabelled). Weights depend on
the counts: derive the counts first.

What belongs here: the command line. What does not: deriving (`counts`, `fit`).
"""

import argparse
import json
from pathlib import Path

import polars as pl

from pipeline.resolve.counts import COUNTS_FILE, derive_counts, shipped_counts
from pipeline.resolve.fit import derived_model
from pipeline.resolve.model import MODEL_FILE


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Re-derive what the resolver ships.")
    commands = parser.add_subparsers(dest="what", required=True)
    counts = commands.add_parser("counts", help="count names and title terms in a corpus")
    counts.add_argument("corpus", type=Path, help="Parquet with the columns authors and title")
    counts.add_argument("-o", "--output", type=Path, default=COUNTS_FILE)
    model = commands.add_parser("model", help="fit match weights to labelled sets")
    model.add_argument("sets", type=Path, nargs="+", metavar="SET_DIR")
    model.add_argument("-o", "--output", type=Path, default=MODEL_FILE)
    arguments = parser.parse_args()
    if arguments.what == "counts":
        table = derive_counts(pl.read_parquet(arguments.corpus, columns=["authors", "title"]))
        table.write_parquet(arguments.output, compression="zstd", compression_level=19)
    else:
        document = derived_model(arguments.sets, shipped_counts())
        arguments.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
