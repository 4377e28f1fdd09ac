"""The commands that re-derive what the resolver ships: counts of names and terms, and match weights.

    python -m pipeline.resolve.derive counts CORPUS.parquet AFFILIATIONS.jsonl.gz
    python -m pipeline.resolve.derive topics CORPUS.parquet
    python -m pipeline.resolve.derive model SET_DIR ... --settle SET_DIR ...

CORPUS has the columns `authors` (list of printed names), `title`, `journal_ref` and `categories`. AFFILIATIONS are
OpenAlex works, one JSON object a line, whose `raw_affiliation_strings` are counted. Each SET_DIR holds
mentions.parquet and works.parquet (`schemas`) and gold.parquet (`mention_id, gold_author`, null where unlabelled).
Weights depend on the counts and topics: derive these first.

What belongs here: the command line. What does not: deriving (`counts`, `topics`, `fit`).
"""

import argparse
import gzip
import json
from pathlib import Path

import polars as pl

from pipeline.resolve.counts import COUNTS_FILE, derive_counts, shipped_counts
from pipeline.resolve.fit import derived_model
from pipeline.resolve.model import MODEL_FILE
from pipeline.resolve.topics import TOPICS_FILE, derive_topics, shipped_topics


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Re-derive what the resolver ships.")
    commands = parser.add_subparsers(dest="what", required=True)
    counts = commands.add_parser("counts", help="count names and terms in a corpus")
    counts.add_argument("corpus", type=Path, help="Parquet with the columns authors and title")
    counts.add_argument("affiliations", type=Path, help="OpenAlex works as gzipped JSON lines")
    counts.add_argument("-o", "--output", type=Path, default=COUNTS_FILE)
    topics = commands.add_parser("topics", help="derive subject vectors of words from a corpus")
    topics.add_argument("corpus", type=Path, help="Parquet with the columns title, journal_ref and categories")
    topics.add_argument("-o", "--output", type=Path, default=TOPICS_FILE)
    model = commands.add_parser("model", help="fit match weights to labelled sets")
    model.add_argument("sets", type=Path, nargs="+", metavar="SET_DIR")
    model.add_argument("--settle", type=Path, nargs="*", default=[], metavar="SET_DIR", help="sets for the prior only")
    model.add_argument("-o", "--output", type=Path, default=MODEL_FILE)
    arguments = parser.parse_args()
    if arguments.what == "counts":
        corpus = pl.read_parquet(arguments.corpus, columns=["authors", "title"])
        table = derive_counts(corpus, printed_affiliations(arguments.affiliations))
        table.write_parquet(arguments.output, compression="zstd", compression_level=19)
    elif arguments.what == "topics":
        corpus = pl.read_parquet(arguments.corpus, columns=["title", "journal_ref", "categories"])
        derive_topics(corpus).write_parquet(arguments.output, compression="zstd", compression_level=19)
    else:
        document = derived_model(arguments.sets, arguments.settle, shipped_counts(), shipped_topics())
        arguments.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def printed_affiliations(path: Path) -> pl.Series:
    """Affiliations as printed, of OpenAlex works in gzipped JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        found = [
            text
            for line in lines
            for authorship in json.loads(line).get("authorships") or ()
            for text in authorship.get("raw_affiliation_strings") or ()
        ]
    return pl.Series(found, dtype=pl.String)


if __name__ == "__main__":
    main()
