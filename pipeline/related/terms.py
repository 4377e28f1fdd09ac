"""Words and phrases of titles and abstracts as terms.

What belongs here: text -> terms. What does not: how much a term tells (`statistics`), comparing works (`vectors`). A
term is a word cut to its first letters, or a phrase: two such words that follow each other once words that tell nothing
are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

STEM: Final = 7
"""Letters of a word that count: a stemmer for every language that puts its endings last."""

TITLE_COUNTS: Final = 2
"""What a word in the title counts against one in the abstract."""

TEXTS_AT_ONCE: Final = 50_000
"""Works whose words are in memory one by one."""

SAYS_NOTHING: Final = """
a about after all also although among an and any are as at based be because been before being between both but by can
could de der des did die do does du during each either else et few for from further had has have how however if in into
is it its itself la le les many may more most much must no nor not of on once one only or other our out over own per
same several should since so some still such than that the their them then there therefore these they this those three
through thus to toward towards two und under until up upon use used uses using very via was we well were what when where
whereas whether which while who whom whose why will with within without would yet you your
""".split()  # noqa: SIM905 - one word a line would be 140 lines
"""Words that no subject has for its own."""

_BITS: Final = 23
"""Room for a stem's code: two of them and a place among `TEXTS_AT_ONCE` fit in a whole number."""

_WORD: Final = r"[\p{L}\p{N}]{2,}"


@dataclass(frozen=True, slots=True)
class Occurrences:
    """How often a work has a term: one entry for each work and term, sorted by both.

    Attributes:
        row: Place of the work.
        key: The term, see `single` and `phrase`.
        count: Occurrences, those in the title counted double.
        of: Places of all works that were looked at.
    """

    row: IntArray
    key: IntArray
    count: IntArray
    of: range


def words_of(works: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Split texts into words, some works at a time; numbers, a year in an abstract for one, are none.

    Args:
        works: `title` and `abstract`, which may be null, one row a work.

    Yields:
        `text` (place of the work twice, and one more in its abstract), `word`, `stem`, in reading order.
    """
    for begin in range(0, works.height, TEXTS_AT_ONCE):
        yield (
            works.slice(begin, TEXTS_AT_ONCE)
            .select(pl.concat_list("title", "abstract").alias("text"))
            .explode("text", empty_as_null=True)
            .with_row_index("place", offset=2 * begin)
            .select(pl.col("place").cast(pl.Int64), pl.col("text").str.to_lowercase().str.extract_all(_WORD))
            .explode("text", empty_as_null=True)
            .drop_nulls()
            .filter(~pl.col("text").is_in(SAYS_NOTHING) & pl.col("text").str.contains(r"\p{L}"))
            .select(pl.col("place").alias("text"), word="text", stem=pl.col("text").str.slice(0, STEM))
        )


def occurrences(works: pl.DataFrame, stems: pl.Series) -> Iterator[Occurrences]:
    """Count the terms of works, some works at a time; a word whose stem is not among `stems` parts phrases.

    Args:
        works: `title` and `abstract`, one row a work.
        stems: Known stems, each once.
    """
    codes = pl.DataFrame({"stem": stems, "code": np.arange(1, stems.len() + 1)})
    for number, words in enumerate(words_of(works)):
        known = words.join(codes, on="stem", how="left", maintain_order="left")
        text, code = known["text"].to_numpy(), known["code"].fill_null(0).to_numpy()
        follows = (text[1:] == text[:-1]) & (code[1:] > 0) & (code[:-1] > 0)
        key = np.concatenate([single(code[code > 0]), phrase(code[:-1][follows], code[1:][follows])])
        place = np.concatenate([text[code > 0], text[1:][follows]])
        begin = number * TEXTS_AT_ONCE
        held, entry = np.unique(((place // 2 - begin) << 2 * _BITS) | key, return_inverse=True)
        counted = np.bincount(entry, np.where(place % 2 == 0, TITLE_COUNTS, 1), len(held)).astype(np.int64)
        of = range(begin, min(begin + TEXTS_AT_ONCE, works.height))
        yield Occurrences((held >> 2 * _BITS) + begin, held & ((1 << 2 * _BITS) - 1), counted, of)


def single(code: IntArray) -> IntArray:
    """The key of a word: its stem's code, from 1."""
    return code


def phrase(first: IntArray, second: IntArray) -> IntArray:
    """The key of a phrase of two stems."""
    return (first << _BITS) | second


def parts(key: IntArray) -> tuple[IntArray, IntArray]:
    """The codes of a term's stems; the first is 0 in a word."""
    return key >> _BITS, key & ((1 << _BITS) - 1)


def named(key: IntArray, names: pl.Series) -> pl.Series:
    """Terms as text, each stem under its name in `names`."""
    first, second = parts(key)
    spelt = pl.DataFrame(
        {"second": names.gather(second - 1), "first": names.gather(np.maximum(first, 1) - 1), "is_phrase": first > 0}
    )
    return spelt.select(
        pl.when("is_phrase").then(pl.col("first") + " " + pl.col("second")).otherwise("second").alias("term")
    )["term"]


def keyed(terms: pl.Series, stems: pl.Series) -> IntArray:
    """The keys of terms that are text; the other way round from `named`."""
    codes = pl.DataFrame({"stem": stems, "code": np.arange(1, stems.len() + 1)})
    split = terms.str.split_exact(" ", 1).struct.unnest()
    found = [
        pl.DataFrame({"stem": split[name]}).join(codes, on="stem", how="left", maintain_order="left")["code"]
        for name in split.columns
    ]
    first, second = (one.fill_null(0).to_numpy() for one in found)
    return np.where(second > 0, phrase(first, second), single(first))


def stems_of(terms: pl.Series) -> pl.Series:
    """The stems that terms are made of, each once, sorted."""
    return terms.str.split(" ").explode(empty_as_null=True).drop_nulls().unique().sort()
