"""ORCID iDs: what is a valid one, which one leads a record, and which works assert it.

What belongs here: reading ORCID iDs and counting the works that assert them. What does not: what an iD is
worth (`trust`), or when a second one is a conflict (`conflicts`).

Only what a *source record* asserts about a printed name is evidence; an iD that a profile hands back to all
its works is not. An iD stamped on two names of one work is ignored on that work: it can be right for at most
one of them, and OpenAlex ignores it too.
"""

from typing import Final

import polars as pl

from pipeline.metrics.schemas import EVIDENCE_IDS_SHOWN, LEADING_ORCIDS, MENTIONS, SIGNED_IN, conform

_PATTERN: Final = (
    r"^\s*(?:(?:https?://)?(?:www\.)?orcid\.org/)?"
    r"([0-9]{4}-?[0-9]{4}-?[0-9]{4}-?[0-9]{3}[0-9Xx])/?\s*$"
)
_BASE_DIGITS: Final = 15


def canonical_orcids(texts: pl.Series) -> pl.Series:
    """ORCID iDs as `0000-0000-0000-000X`; null where a text is none or its check digit is wrong.

    Takes bare iDs, with or without hyphens, and orcid.org addresses. The check digit is ISO 7064 mod 11-2, as
    ORCID describes it in "Structure of the ORCID Identifier". One value per text, in order.
    """
    digits = (
        texts.rename("text")
        .to_frame()
        .select(
            pl.col("text")
            .str.extract(_PATTERN)
            .str.replace_all("-", "", literal=True)
            .str.to_uppercase()
            .alias("digits")
        )
    )
    # Column by column, not as one expression: polars would read the text anew for every digit.
    number = digits.with_columns(pl.col("digits").str.head(_BASE_DIGITS).cast(pl.Int64).alias("number"))
    total = pl.sum_horizontal(
        (pl.col("number") // 10 ** (_BASE_DIGITS - 1 - place) % 10) * 2 ** (_BASE_DIGITS - place)
        for place in range(_BASE_DIGITS)
    )
    checked = number.with_columns(((12 - total % 11) % 11).alias("check"))
    printed = pl.when(pl.col("check") < 10).then(pl.col("check").cast(pl.String)).otherwise(pl.lit("X"))  # noqa: PLR2004 - X is the digit ten
    hyphenated = pl.concat_str(*(pl.col("digits").str.slice(start, 4) for start in (0, 4, 8, 12)), separator="-")
    is_right = pl.col("digits").str.tail(1) == printed
    return checked.select(pl.when(is_right).then(hyphenated).alias("orcid"))["orcid"]


def orcid_assertions(mentions: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Keep what counts as an assertion of an ORCID iD.

    Args:
        mentions: `schemas.MENTIONS`, any order.

    Returns:
        One row per mention with a valid iD that no other mention of its work carries: author_id, orcid
        (canonical), work_id, mention_id, sorted by all four.
    """
    rows = conform(mentions, MENTIONS, name="mentions").filter(pl.col("orcid").is_not_null())
    stated = rows.select("author_id", "orcid", "work_id", "mention_id").collect()
    return (
        stated.with_columns(canonical_orcids(stated["orcid"]))
        .filter(pl.col("orcid").is_not_null() & (pl.len().over("work_id", "orcid") == 1))
        .sort("author_id", "orcid", "work_id", "mention_id")
    )


def leading_orcids(mentions: pl.DataFrame | pl.LazyFrame, *, signed_in: pl.DataFrame | None = None) -> pl.DataFrame:
    """Find each author's leading ORCID iD: the person's own word, else what most works assert, the smaller if equal.

    Args:
        mentions: `schemas.MENTIONS`, any order.
        signed_in: `schemas.SIGNED_IN`, one row an author; these iDs lead even if no work asserts them. None is none.

    Returns:
        `schemas.LEADING_ORCIDS`, one row per author with an iD, sorted by author_id. contradicting_works
        counts works that assert another iD; a work that asserts both is in both counts.
    """
    return leading_of(orcid_assertions(mentions), signed_in)


def leading_of(assertions: pl.DataFrame, signed_in: pl.DataFrame | None = None) -> pl.DataFrame:
    """`leading_orcids` from the rows of `orcid_assertions`."""
    own = pl.DataFrame(schema=dict(SIGNED_IN)) if signed_in is None else signed_in
    chosen = conform(own, SIGNED_IN, name="signed_in", required=SIGNED_IN).collect()
    per_orcid = assertions.group_by("author_id", "orcid").agg(
        pl.col("work_id").n_unique().cast(pl.Int64).alias("works")
    )
    asserted = (
        per_orcid.join(chosen, on="author_id", how="anti")
        .sort("author_id", "works", "orcid", descending=[False, True, False])
        .unique("author_id", keep="first", maintain_order=True)
    )
    claimed = chosen.join(per_orcid, on=["author_id", "orcid"], how="left").with_columns(pl.col("works").fill_null(0))
    leading = pl.concat([asserted, claimed]).rename({"works": "supporting_works"})
    marked = assertions.join(leading.select("author_id", leading="orcid"), on="author_id", how="left")
    others = (
        marked.filter(pl.col("orcid") != pl.col("leading"))
        .group_by("author_id")
        .agg(pl.col("work_id").n_unique().cast(pl.Int64).alias("contradicting_works"))
    )
    shown = (
        marked.filter(pl.col("orcid") == pl.col("leading"))
        .unique(["author_id", "work_id"])
        .sort("author_id", "work_id")
        .group_by("author_id", maintain_order=True)
        .agg(pl.col("work_id").head(EVIDENCE_IDS_SHOWN).alias("orcid_ids"))
    )
    return (
        leading.join(others, on="author_id", how="left")
        .join(shown, on="author_id", how="left")
        .with_columns(pl.col("contradicting_works").fill_null(0), pl.col("orcid_ids").fill_null([]))
        .select(*LEADING_ORCIDS)
        .sort("author_id")
    )
