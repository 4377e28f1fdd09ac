"""How good a clustering is, against people's own labels: B-cubed and pairwise precision, recall and F1.

What belongs here: gold and clusters, decisions or links -> numbers, overall and by slice. What does not: resolving.

B-cubed (Bagga & Baldwin 1998) is the mean over labelled mentions; pairwise is over all pairs of labelled mentions.
"""

import itertools
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.resolve.counts import shipped_counts
from pipeline.resolve.model import Model, shipped_model
from pipeline.resolve.printed_names import NameTable, flip_family_first, name_keys, name_table
from pipeline.resolve.rarity import name_rarity
from pipeline.resolve.schemas import ResolverInputError

QUALITY: Final = {"slice": pl.String, "metric": pl.String, "value": pl.Float64}
"""One row is one number: `slice` is `all`, `ambiguous`, or `<kind>: <value>`; sorted as computed."""

PROBABILITY_STEPS: Final = tuple(n / 10 for n in range(11))
"""Bounds of the bins in which predicted probabilities are held against what was right."""

WEIGHT_STEPS: Final = (0, 2, 4, 6, 8, 12, 16, 24)
"""Bounds, in bits, of the bins of match weights; the first and the last bin are open."""

_BEARER_STEPS: Final = (("up to 1", 0.0), ("2 to 8", 3.0), ("9 to 64", 6.0))
_SCRIPTS: Final = (
    ("han", r"\p{Han}"),
    ("kana", r"\p{Hiragana}|\p{Katakana}"),
    ("hangul", r"\p{Hangul}"),
    ("cyrillic", r"\p{Cyrillic}"),
    ("greek", r"\p{Greek}"),
    ("arabic", r"\p{Arabic}"),
    ("latin with marks", r"[^\p{ASCII}]"),
)


def evaluate(gold: pa.Table, clusters: pa.Table, mentions: pa.Table | None = None) -> pl.DataFrame:
    """Score clusters against gold labels.

    Args:
        gold: `mention_id, gold_author` (null = unlabelled, left out), optionally `block`.
        clusters: `mention_id, author_id`. A labelled mention that is missing counts as its own cluster.
        mentions: `mention_id, name`, to slice by script, name rarity and initials; a slice's scores look at its
            mentions only.

    Returns:
        `QUALITY`: for each slice `mentions, authors, clusters, b3_precision, b3_recall, b3_f1, pair_precision,
        pair_recall, pair_f1, split_authors` (gold authors in more than one cluster) and `merged_clusters`
        (clusters that hold more than one gold author). Slice `ambiguous` is the blocks with more than one gold
        author, when gold has blocks.

    Raises:
        ResolverInputError: a column is missing, or a mention is there twice.
    """
    labels = _table(gold, "gold", ("mention_id", "gold_author"))
    found = _table(clusters, "clusters", ("mention_id", "author_id"))
    labelled = (
        labels.filter(pl.col("gold_author").is_not_null())
        .join(found.select("mention_id", "author_id"), on="mention_id", how="left", maintain_order="left")
        .with_columns(
            g=pl.col("gold_author").cast(pl.String),
            p=pl.coalesce(pl.col("author_id").cast(pl.String), pl.concat_str(pl.lit("?"), "mention_id")),
        )
    )
    slices = [("all", labelled)]
    if "block" in labelled.columns:
        slices.append(("ambiguous", labelled.filter(pl.col("g").n_unique().over("block") > 1)))
    if mentions is not None:
        slices += _named_slices(labelled, _table(mentions, "mentions", ("mention_id", "name")))
    rows = [
        {"slice": label, "metric": metric, "value": value}
        for label, part in slices
        if part.height
        for metric, value in _scores(part).items()
    ]
    return pl.DataFrame(rows, schema=QUALITY)


def calibration(gold: pa.Table, links: pa.Table, model: Model | None = None) -> pl.DataFrame:
    """Hold what links predict against what is right.

    Args:
        gold: `mention_id, gold_author`.
        links: `mention_id_l, mention_id_r, match_weight`. Only links between two labelled mentions count: right
            when both are one gold author.
        model: Turns weights into probabilities; the shipped one when left out.

    Returns:
        `QUALITY`: slices `probability 0.9 to 1.0` and `match weight 8 to 12`, both bounds of the upper bin
        included; metrics `links`, `observed` (share that is right) and `predicted` (mean probability). Bins without
        links have no rows.
    """
    labels = _table(gold, "gold", ("mention_id", "gold_author")).drop_nulls("gold_author")
    judged = pl.DataFrame(links.select(["mention_id_l", "mention_id_r", "match_weight"]))
    for side in ("l", "r"):
        author = labels.select(pl.col("mention_id").alias(f"mention_id_{side}"), pl.col("gold_author").alias(side))
        judged = judged.join(author, on=f"mention_id_{side}")
    weights = judged["match_weight"].to_numpy()
    predicted = (model or shipped_model()).probabilities(weights)
    bins = pl.concat(
        [
            judged.select(
                right=pl.col("l") == pl.col("r"),
                predicted=pl.Series(predicted),
                slice=_binned(values, f"{kind} ", steps, open_ended=open_ended),
            )
            for kind, values, steps, open_ended in (
                ("probability", predicted, PROBABILITY_STEPS, False),
                ("match weight", weights, WEIGHT_STEPS, True),
            )
        ]
    )
    return (
        bins.sort("predicted")
        .group_by("slice", maintain_order=True)
        .agg(
            links=pl.len().cast(pl.Float64),
            observed=pl.col("right").mean(),
            predicted=pl.col("predicted").mean(),
        )
        .unpivot(index="slice", variable_name="metric", value_name="value")
        .select(*QUALITY)
        .sort("slice", "metric")
    )


def held_decisions(decisions: pa.Table, clusters: pa.Table) -> pl.DataFrame:
    """Count the decisions by people that clusters agree with.

    Args:
        decisions: `kind` (`same` or `different`), `mention_id_l, mention_id_r`; only those whose two mentions are both
            in `clusters` count.
        clusters: `mention_id, author_id`.

    Returns:
        `QUALITY`: slices `all`, `different`, `same`; metrics `pairs`, `held` and `held_share`. No rows without pairs.
    """
    found = _table(clusters, "clusters", ("mention_id", "author_id"))
    judged = pl.DataFrame(decisions.select(["kind", "mention_id_l", "mention_id_r"]))
    for side in ("l", "r"):
        author = found.select(pl.col("mention_id").alias(f"mention_id_{side}"), pl.col("author_id").alias(side))
        judged = judged.join(author, on=f"mention_id_{side}")
    held = judged.select("kind", held=(pl.col("kind") == "same") == (pl.col("l") == pl.col("r")))
    rows = [
        {"slice": label, "metric": metric, "value": value}
        for label, part in (("all", held), *((kind, held.filter(kind=kind)) for kind in ("different", "same")))
        if part.height
        for metric, value in (
            ("pairs", float(part.height)),
            ("held", float(part["held"].sum())),
            ("held_share", float(part["held"].sum()) / part.height),
        )
    ]
    return pl.DataFrame(rows, schema=QUALITY)


def read_names(names: pl.DataFrame) -> NameTable:
    """Read printed names as the resolver does: columns `name`, and `given` and `family`, null where unknown."""
    counts = shipped_counts()
    return name_table(
        flip_family_first(
            name_keys(names), *(counts.filter(kind=kind).select("key", "mentions") for kind in ("family", "given"))
        )
    )


def _binned(values: npt.NDArray[np.float64], prefix: str, steps: tuple[float, ...], *, open_ended: bool) -> pl.Series:
    """The bin of each value as text, lower bound included."""
    inner = list(steps if open_ended else steps[1:-1])
    labels = [f"{prefix}{low} to {high}" for low, high in itertools.pairwise(steps)]
    if open_ended:
        labels = [f"{prefix}below {steps[0]}", *labels, f"{prefix}from {steps[-1]}"]
    return pl.Series(labels).gather(np.searchsorted(inner, values, side="right"))


def _table(table: pa.Table, label: str, columns: tuple[str, ...]) -> pl.DataFrame:
    missing = [c for c in columns if c not in table.column_names]
    if missing:
        raise ResolverInputError(f"{label} has no column {missing[0]!r}; it needs {', '.join(columns)}.")
    kept = [c for c in (*columns, "block") if c in table.column_names]
    frame = pl.DataFrame(table.select(kept))
    if frame["mention_id"].n_unique() != frame.height:
        culprit = frame.filter(pl.col("mention_id").is_duplicated())["mention_id"].min()
        raise ResolverInputError(f"mention_id {culprit!r} is in {label} more than once.")
    return frame


def _named_slices(labelled: pl.DataFrame, mentions: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Slice by script, initials and name rarity of the printed name."""
    named = labelled.join(mentions.select("mention_id", "name"), on="mention_id", how="left", maintain_order="left")
    names = named.select(
        pl.col("name").fill_null(""),
        given=pl.lit(None, dtype=pl.String),
        family=pl.lit(None, dtype=pl.String),
    )
    table = read_names(names)
    rarity = name_rarity(table, shipped_counts())
    written = pl.Series(table.full >= 0)
    bearers = pl.Series(rarity.bearers_full).zip_with(written, pl.Series(rarity.bearers_initial))
    script = pl.lit("latin")
    for label, pattern in reversed(_SCRIPTS):
        script = pl.when(pl.col("name").str.contains(pattern)).then(pl.lit(label)).otherwise(script)
    step = pl.lit("over 64")
    for label, most in reversed(_BEARER_STEPS):
        step = pl.when(pl.col("bearers") <= most).then(pl.lit(label)).otherwise(step)
    sliced = named.with_columns(
        pl.when(written).then(pl.lit("full")).otherwise(pl.lit("initials")).alias("given name"),
        bearers=bearers,
        script=script,
    ).with_columns(step.alias("bearers of the name"))
    return [
        (f"{kind}: {value}", sliced.filter(pl.col(kind) == value))
        for kind in ("script", "given name", "bearers of the name")
        for value in sorted(sliced[kind].unique())
    ]


def _scores(part: pl.DataFrame) -> dict[str, float]:
    # In one order, so that sums of fractions come out the same to the last digit.
    both = part.group_by("g", "p").len("c").sort("g", "p")
    joined = both.join(part.group_by("g").len("gn"), on="g", maintain_order="left").join(
        part.group_by("p").len("pn"), on="p", maintain_order="left"
    )
    count, gold, found = (joined[c].cast(pl.Float64) for c in ("c", "gn", "pn"))
    precision = float((count**2 / found).sum()) / part.height
    recall = float((count**2 / gold).sum()) / part.height
    hits, claimed, true = (
        _pairs(both["c"]),
        _pairs(part.group_by("p").len()["len"]),
        _pairs(part.group_by("g").len()["len"]),
    )
    pair_precision, pair_recall = (hits / claimed if claimed else 1.0), (hits / true if true else 1.0)
    return {
        "mentions": float(part.height),
        "authors": float(part["g"].n_unique()),
        "clusters": float(part["p"].n_unique()),
        "b3_precision": precision,
        "b3_recall": recall,
        "b3_f1": _f1(precision, recall),
        "pair_precision": pair_precision,
        "pair_recall": pair_recall,
        "pair_f1": _f1(pair_precision, pair_recall),
        "split_authors": float(both.group_by("g").len().filter(pl.col("len") > 1).height),
        "merged_clusters": float(both.group_by("p").len().filter(pl.col("len") > 1).height),
    }


def _pairs(sizes: pl.Series) -> float:
    wide = sizes.cast(pl.Float64)
    return float((wide * (wide - 1) / 2).sum())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
