"""Words of titles, abstracts, venues and affiliations as comparable terms.

What belongs here: text -> terms. What does not: weighing terms (`bags`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.resolve.codes import as_one, coded, distinct_entries

IntArray = npt.NDArray[np.int32]

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

_STOP_STEMS: Final = sorted({word[:STEM] for word in STOP_TERMS})

_TEXTS_AT_ONCE: Final = 50_000
"""Texts that are in memory word by word: a text's words take some ten times its own room."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Which text holds which term: one entry for each text and term, sorted by both.

    Attributes:
        row: Place of the text.
        code: The term; codes follow the alphabet.
        words: The term of each code.
        texts: How many texts there are.
    """

    row: IntArray
    code: IntArray
    words: pl.Series
    texts: int


def no_terms(texts: int) -> Terms:
    """Terms of texts that are all missing."""
    return Terms(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32), pl.Series([], dtype=pl.String), texts)


def terms_of(texts: pl.Series) -> Terms:
    """Split texts into terms, some texts at a time; null texts have none."""
    if texts.null_count() == texts.len():
        return no_terms(texts.len())
    slices = [_terms_of_some(texts.slice(begin, _TEXTS_AT_ONCE)) for begin in range(0, texts.len(), _TEXTS_AT_ONCE)]
    codes, words = as_one([(code, part) for _, code, part in slices])
    rows = [row + np.int32(place * _TEXTS_AT_ONCE) for place, (row, _, _) in enumerate(slices)]
    return Terms(np.concatenate(rows), np.concatenate(codes), words, texts.len())


def _terms_of_some(texts: pl.Series) -> tuple[IntArray, IntArray, pl.Series]:
    """Row, code and words of the terms of some texts."""
    exploded = (
        pl.DataFrame({"text": texts})
        .with_row_index("row")
        .lazy()
        .select("row", pl.col("text").str.to_lowercase().str.extract_all(_WORD).alias("term"))
        .explode("term")
        .drop_nulls()
        .with_columns(pl.col("term").str.slice(0, STEM))
        .filter(~pl.col("term").is_in(_STOP_STEMS))
        .collect()
    )
    code, words = coded(exploded["term"])
    return *distinct_entries(exploded["row"].to_numpy(), code, len(words)), words


def exploded_terms(texts: pl.Series) -> pl.DataFrame:
    """Split texts into terms.

    Returns:
        Columns `row` (index into `texts`) and `term`, each term once per text, sorted by both. Null
        texts have no rows.
    """
    terms = terms_of(texts)
    return pl.DataFrame({"row": terms.row.astype(np.uint32), "term": terms.words.gather(terms.code)})
