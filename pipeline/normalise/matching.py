"""Whether an OpenAlex record is the same paper as an arXiv one.

An identifier makes a pair a candidate; title and byline then agree or not, because DOIs are mistyped and OpenAlex
attaches wrong locations. A pair without an identifier needs an equal title key and has to agree more.
"""

import re

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

METHODS = ("published_doi", "arxiv_doi", "location", "title_byline")
"""Evidence that made a pair a candidate, strongest first."""

FLOORS = {"published_doi": 0.35, "arxiv_doi": 0.35, "location": 0.5, "title_byline": 0.75}
"""Least agreement by method. Chosen by judgement: an identifier may come with a changed title or a changed byline,
not with both; a location is wrong more often than a DOI; a title alone needs most of its byline."""

MIN_TITLE_KEY = 20
"""Letters a title key needs before an equal key alone makes a candidate; `Introduction` names no paper."""

_KEEP = re.compile(r"[\W_]+")


def title_key(title: str) -> str:
    """A title without case, spacing and punctuation, by which equal titles meet."""
    return _KEEP.sub("", title.casefold())


def agreement(pairs: pl.DataFrame) -> pl.Series:
    """Agreement of title and byline per pair, 0 to 1.

    Args:
        pairs: One row a candidate pair: `title_l, title_r` (cleaned text) and `families_l, families_r` (lists of
            folded family names).

    Returns:
        The mean of title similarity and byline overlap. Where one byline is empty the title stands alone, and counts
        from half on (0.5 is 0, 1 is 1): titles of papers that have nothing to do with each other are 0.38 alike on
        average, and 3 in 1,000 pairs of them 0.6.
        Title similarity is the edit similarity of the folded titles; byline overlap is the shared family names over
        those of the shorter byline, so that a cut byline does not count against a pair.
    """
    title = process.cpdist(
        pairs["title_l"].to_list(), pairs["title_r"].to_list(), scorer=fuzz.ratio, processor=title_key
    ).astype(np.float64)
    shared = pairs.select(
        n=pl.col("families_l").list.set_intersection("families_r").list.len(),
        shorter=pl.min_horizontal(
            pl.col("families_l").list.unique().list.len(), pl.col("families_r").list.unique().list.len()
        ),
    )
    byline = shared.select((pl.col("n") / pl.col("shorter")).fill_nan(None)).to_series()
    score = pl.Series("score", title / 100)
    return (
        pl.select(
            pl.when(byline.is_null()).then((2 * score - 1).clip(0)).otherwise((score + byline.fill_null(0.0)) / 2)
        )
        .to_series()
        .round(4)
        .alias("score")
    )


def choose(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs that hold: for each OpenAlex record its best arXiv paper, if the pair agrees enough.

    Args:
        pairs: `openalex_id, arxiv_id, method` and the columns `agreement` needs, any order, a pair at most once a
            method.

    Returns:
        `openalex_id, arxiv_id, method, score`, one row an OpenAlex record at most, sorted by openalex_id. The
        strongest method wins, then the better score, then the smaller arXiv id.
    """
    rank = {method: place for place, method in enumerate(METHODS)}
    scored = pairs.with_columns(score=agreement(pairs)) if pairs.height else pairs.with_columns(score=pl.lit(0.0))
    return (
        scored.filter(pl.col("score") >= pl.col("method").replace_strict(FLOORS, return_dtype=pl.Float64))
        .sort(
            "openalex_id",
            pl.col("method").replace_strict(rank, return_dtype=pl.Int32),
            -pl.col("score"),
            "arxiv_id",
        )
        .unique("openalex_id", keep="first", maintain_order=True)
        .select("openalex_id", "arxiv_id", "method", "score")
    )
