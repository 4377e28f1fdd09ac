"""Words of titles, abstracts, venues and affiliations as comparable terms.

What belongs here: text -> terms. What does not: weighing terms (`bags`).
"""

from typing import Final

import polars as pl

STEM: Final = 7
"""Letters of a word that count. Cutting words short is a stemmer that knows no language ("classification" and
"classifier" meet, plurals fall together) and costs nothing."""

_WORD: Final = r"[\p{L}\p{N}]{2,}"

STOP_TERMS: Final = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "between",
        "by",
        "can",
        "do",
        "et",
        "for",
        "from",
        "has",
        "have",
        "in",
        "into",
        "is",
        "it",
        "its",
        "new",
        "of",
        "on",
        "or",
        "our",
        "over",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "this",
        "those",
        "through",
        "to",
        "toward",
        "towards",
        "two",
        "under",
        "up",
        "use",
        "used",
        "using",
        "via",
        "was",
        "we",
        "were",
        "what",
        "when",
        "which",
        "while",
        "who",
        "with",
        "within",
        "without",
        "you",
        "your",
        "der",
        "die",
        "das",
        "und",
        "les",
        "des",
        "une",
        "el",
        "los",
        "las",
        "del",
    }
)
"""Words that say nothing about a subject, in English and a few of its neighbours."""


def exploded_terms(texts: pl.Series) -> pl.DataFrame:
    """Split texts into terms.

    Returns:
        Columns `row` (index into `texts`) and `term`, each term once per text, sorted by both. Null
        texts have no rows.
    """
    stop = {word[:STEM] for word in STOP_TERMS}
    return (
        pl.DataFrame({"text": texts})
        .with_row_index("row")
        .lazy()
        .select("row", pl.col("text").str.to_lowercase().str.extract_all(_WORD).alias("term"))
        .explode("term")
        .drop_nulls()
        .with_columns(pl.col("term").str.slice(0, STEM))
        .filter(~pl.col("term").is_in(sorted(stop)))
        .unique()
        .sort("row", "term")
        .collect()
    )
