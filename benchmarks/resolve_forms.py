"""Resolver quality on labelled sets printed in other ways, and with evidence taken away: what other inputs look like.

    python benchmarks/resolve_forms.py SET_DIR ... [--form NAME ...]

Each SET_DIR holds mentions.parquet, works.parquet and gold.parquet (`mention_id, gold_author`). The shipped weights
resolve it once a form; prints B-cubed and pairwise scores over ambiguous blocks, and those of equal folded names.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipeline.names import fold, parse_name
from pipeline.resolve import evaluate, resolve

Form = Callable[[pl.DataFrame, pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]]


def printed(of_name: Callable[[str, list[str]], str]) -> Form:
    """A form that prints every name anew from its family name and given names."""

    def again(name: str) -> str:
        parsed = parse_name(name)
        given = (parsed.given or "").replace(".", " ").split()
        return of_name(parsed.family, given) if parsed.family and given else name

    def form(mentions: pl.DataFrame, works: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        names = pl.concat([mentions["name"], works["authors"].explode().drop_nulls()]).unique()
        new = {name: again(name) for name in names}
        return (
            mentions.with_columns(pl.col("name").replace_strict(new, return_dtype=pl.String)),
            works.with_columns(pl.col("authors").list.eval(pl.element().replace_strict(new, return_dtype=pl.String))),
        )

    return form


def without(*columns: str) -> Form:
    """A form that has nothing in some columns."""

    def form(mentions: pl.DataFrame, works: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        emptied = (
            frame.with_columns(
                pl.lit(None, frame.schema[column]).alias(column) for column in columns if column in frame
            )
            for frame in (mentions, works)
        )
        mentions, works = emptied
        return mentions, works

    return form


def initials_of(given: list[str]) -> str:
    """The first letter of every given name, those between hyphens among them, in capitals."""
    return "".join(part[0] for word in given for part in word.split("-") if part).upper()


ALL_BUT_TITLES = ("abstract", "keywords", "venue", "affiliation", "email", "references", "categories")
FORMS: dict[str, Form] = {
    "as it is": without(),
    "Family, Given": printed(lambda family, given: f"{family}, {' '.join(given)}"),
    "FAMILY Given": printed(lambda family, given: f"{family.upper()} {' '.join(given)}"),
    "GIVEN FAMILY": printed(lambda family, given: f"{' '.join(given)} {family}".upper()),
    "given family": printed(lambda family, given: f"{' '.join(given)} {family}".lower()),
    "G H Family": printed(lambda family, given: f"{' '.join(initials_of(given))} {family}"),
    "Family GH": printed(lambda family, given: f"{family.title()} {initials_of(given)[:2]}"),
    "no co-authors": without("authors"),
    "no titles": without("title"),
    "names, titles, years": without(*ALL_BUT_TITLES),
    "names alone": without("title", "year", *ALL_BUT_TITLES),
}


def scored(gold: pl.DataFrame, clusters: pl.DataFrame) -> str:
    """B-cubed and pairwise scores over ambiguous blocks as one text."""
    found = evaluate(gold.to_arrow(), clusters.to_arrow())
    value = {(part, metric): figure for part, metric, figure in found.select("slice", "metric", "value").iter_rows()}
    part = "ambiguous" if ("ambiguous", "b3_f1") in value else "all"
    b3, precision, recall, pair = (value[part, m] for m in ("b3_f1", "b3_precision", "b3_recall", "pair_f1"))
    return f"B3 {b3:.3f} (P {precision:.3f} R {recall:.3f}) pairs {pair:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Resolver quality on sets printed in other ways.")
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET_DIR")
    parser.add_argument("--form", action="append", choices=FORMS, help="forms to measure, all when left out")
    arguments = parser.parse_args()
    for folder in arguments.sets:
        mentions, works, gold = (pl.read_parquet(folder / f"{name}.parquet") for name in ("mentions", "works", "gold"))
        labelled = gold.drop_nulls("gold_author").join(mentions.select("mention_id", "name"), on="mention_id")
        equal = labelled.select(
            "mention_id", author_id=pl.Series([fold(name) for name in labelled["name"]], dtype=pl.String)
        )
        print(f"{folder.name:12s} {'equal folded name':22s} {scored(gold, equal)}", flush=True)
        for name in arguments.form or FORMS:
            other_mentions, other_works = FORMS[name](mentions, works)
            clusters = pl.DataFrame(resolve(other_mentions.to_arrow(), other_works.to_arrow()).clusters)
            print(f"{folder.name:12s} {name:22s} {scored(gold, clusters)}", flush=True)


if __name__ == "__main__":
    main()
