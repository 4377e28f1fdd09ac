"""How much a term or a reference tells, counted once over a corpus and then kept.

What belongs here: counting. What does not: comparing works by it (`vectors`). Similarities depend on these figures, so
they stay as they are from day to day, or the lists of papers that nothing happened to would move with every load.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import scipy.sparse as sp

from pipeline.related.terms import FloatArray, IntArray, named, occurrences, words_of

COMMONEST: Final = 10_000
"""Works with a term above which it is left out: twice that costs twice the time and found no more known neighbours."""

RARE_REFERENCE: Final = 5
"""Works that cite a reference below which it is not kept: it counts as cited by one work less than this."""

MOST_LETTERS: Final = 250_000_000
"""Letters counted; of a larger corpus every second, third ... work is. Holds memory to some 3 GB; all titles of arXiv
have half as many."""

_DOUBT: Final = 10.0
"""Works by which a term's subjects are drawn towards those of the whole corpus, as few works show little."""

_LEAST_TELLING: Final = 0.05

TERMS: Final = {"term": pl.String, "word": pl.String, "works": pl.Int64, "weight": pl.Float64}
REFERENCES: Final = {"reference": pl.String, "works": pl.Int64}


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a corpus says about terms and references.

    Attributes:
        terms: `term` (stems), `word` (as commonly spelt), `works` that have it, `weight`; sorted by term. Terms in one
            work only or in too many are not there, and tell nothing.
        references: `reference` and how many `works` cite it, sorted by reference; rare ones are not there.
    """

    terms: pl.DataFrame
    references: pl.DataFrame


def count(works: pl.DataFrame, references: pl.DataFrame) -> Statistics:
    """Count terms and references.

    A term weighs its rarity, ln(works / works with it), times how far the subjects of the works that have it differ
    from those of all works (Kullback-Leibler divergence over subjects, in nats): "distillation" is of few fields,
    "improving" of all.

    Args:
        works: `work_id`, `title`, `abstract` and `subject` (null where unknown), sorted by `work_id`.
        references: `work_id` and `reference`, each pair once.
    """
    letters = works.select(pl.col("title", "abstract").str.len_chars().sum()).sum_horizontal().sum()
    every = max(1, -(-int(letters) // MOST_LETTERS))
    return Statistics(_count_terms(works.gather_every(every), every), _count_references(references))


def _count_references(references: pl.DataFrame) -> pl.DataFrame:
    return (
        references.group_by("reference")
        .agg(pl.len().cast(pl.Int64).alias("works"))
        .filter(pl.col("works") >= RARE_REFERENCE)
        .sort("reference")
        .cast(REFERENCES)  # type: ignore[arg-type] # polars types its schemas loosely
    )


def _count_terms(works: pl.DataFrame, every: int) -> pl.DataFrame:
    """Count the terms of a sample of each so many works."""
    spelt = _spellings(works)
    stems, words = spelt["stem"], spelt["word"]
    found = list(occurrences(works, stems))
    if not found:
        return pl.DataFrame(schema=TERMS)
    rows = np.concatenate([one.row for one in found])
    key, code = np.unique(np.concatenate([one.key for one in found]), return_inverse=True)
    del found
    having = np.bincount(code, minlength=len(key))
    kept = (having > 1) & (having * every <= COMMONEST)
    place = np.cumsum(kept) - 1
    is_kept = kept[code]
    weight = np.log(works.height / having[kept]) * _telling(
        place[code[is_kept]], rows[is_kept], works["subject"], having[kept]
    )
    return pl.DataFrame(
        {
            "term": named(key[kept], stems),
            "word": named(key[kept], words),
            "works": having[kept] * every,
            "weight": weight.round(4),
        },
        schema=TERMS,
    ).sort("term")


def _spellings(works: pl.DataFrame) -> pl.DataFrame:
    """`stem` and its commonest spelling `word`, the first in the alphabet of equally common ones, sorted by stem."""
    counted = [words.group_by("stem", "word").agg(pl.len().cast(pl.Int64).alias("n")) for words in words_of(works)]
    if not counted:
        return pl.DataFrame(schema={"stem": pl.String, "word": pl.String})
    return (
        pl.concat(counted)
        .group_by("stem", "word")
        .agg(pl.col("n").sum())
        .sort("stem", pl.col("n").neg(), "word")
        .unique("stem", keep="first", maintain_order=True)
        .select("stem", "word")
    )


def _telling(code: IntArray, row: IntArray, subjects: pl.Series, having: IntArray) -> FloatArray:
    """How far the subjects of each term's works differ from those of all works, in nats.

    Args:
        code: The term of each entry.
        row: The work of each entry.
        subjects: Subject of each work.
        having: Works that have the term.
    """
    names = subjects.unique().sort(nulls_last=True)
    subject = subjects.rank("dense").fill_null(names.len()).cast(pl.Int64).to_numpy() - 1
    share = np.bincount(subject, minlength=names.len()) / max(1, len(subject))
    shape = (len(having), names.len())
    counts = sp.csr_matrix((np.ones(len(code)), (code, subject[row])), shape=shape)
    counts.sum_duplicates()
    counts.sort_indices()
    # A subject that no work of the term has holds DOUBT * share / (works + DOUBT) of the estimate; those are summed as
    # what all subjects would give, less the ones that are there.
    behind = having + _DOUBT
    estimate = (counts.data + _DOUBT * share[counts.indices]) / np.repeat(behind, np.diff(counts.indptr))
    seen = estimate * np.log(estimate / share[counts.indices])
    by_term = np.repeat(np.arange(len(having)), np.diff(counts.indptr))
    unseen = (1.0 - np.bincount(by_term, share[counts.indices], len(having))) * _DOUBT / behind
    divergence = np.bincount(by_term, seen, len(having)) + unseen * np.log(_DOUBT / behind)
    weight: FloatArray = np.maximum(divergence, _LEAST_TELLING)
    return weight
