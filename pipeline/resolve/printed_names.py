"""Printed names as integers: one row per distinct printed name, so that pairs are compared without strings.

What belongs here: the keys of a name (family, first initial, given tokens) as codes in numpy arrays. What does
not: parsing and folding (`pipeline.names`), how rare a name is (`rarity`), comparing two names (`name_levels`).
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import cpdist

from pipeline.names import (
    NameKind,
    are_plain,
    fold,
    given_name_forms,
    initials_apart,
    parse_name,
)
from pipeline.resolve.codes import as_one, coded

IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]

TOKENS: Final = 3
"""Given-name tokens compared; a fourth given name decides nothing that the first three have not."""

FLIP_RATIO: Final = 8.0
"""How many times likelier both words must be read the other way round before "Wang Xiaolong" is family first."""

LETTERS_TO_MISSPELL: Final = 6
"""Letters from which a first name may be misspelt: in shorter ones a letter makes another name (Maria, Marie)."""

_LONGEST_NAME: Final = 400
"""Characters of a printed name that are read; longer ones are bylines or dirt."""

NAME_KEYS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "linkable": pl.Boolean,
    "family": pl.String,
    "first": pl.String,
    "tokens": pl.List(pl.String),
    "middles": pl.List(pl.String),
}
"""Columns of `name_keys`."""

_NAMES_AT_ONCE: Final = 200_000
"""Names that are in memory as Python objects."""

_NAMES_REMEMBERED: Final = 2**16
"""Names whose keys are kept, some 30 MB: a day's load reads the names beside its mentions three times."""

_ACCENTED: Final = {letter: fold(letter) for letter in map(chr, range(0xC0, 0x100)) if letter.isalpha()}
"""The accented letters of plain names, and what they are folded to."""

_MORE_THAN_A_LETTER: Final = sorted(letter for letter, folded in _ACCENTED.items() if len(folded) > 1)
"""Letters that are folded to two, so that an initial is no longer one letter."""

_HYPHENS: Final = re.compile(r"\s*[-\u2010-\u2015\u2212\uff0d]\s*")
_UNHYPHENATED_SPACE: Final = re.compile(r"(?<!-)\s+(?!-)")


@dataclass(frozen=True, slots=True)
class Words:
    """The first `TOKENS` of a list of words per name, one column per place.

    Attributes:
        codes: Word codes, -1 where there is none.
        initials: First letters as small integers, -1 where there is none.
        written: The word is longer than one letter.
    """

    codes: IntArray
    initials: IntArray
    written: BoolArray


@dataclass(frozen=True, slots=True)
class NameTable:
    """Distinct printed names as arrays; the index is the name's code. -1 means there is none.

    Attributes:
        linkable: A person's name: groups and placeholders are never linked.
        block: Code of family key + first initial; -1 where not linkable.
        family: Code of the family key; -1 where not linkable.
        full: Code of family key + first given name written out; -1 for initials and mononyms.
        first: Code of the first given name, its hyphenated parts run together ("weiming"); -1 for mononyms.
        joined: Code of all given names run together ("wei ming" = "wei-ming" = "weiming").
        tokens: The single given words, hyphenated ones apart.
        middles: The given words after the first given name.
        blocks: The block key of each block code, "family|initial".
        fulls: The key of each full code, "family|first".
        words: The text of each first, joined and token code.
        near: Pairs (one x words + other) of first names that are short forms or spellings of one name, sorted.
        misspelt: The same of long first names that are one letter apart: left out, put in, another, or two in turn.
        elsewhere: Of each word, whether it has a form of another initial, which is in another block: Bob, Robert.
    """

    linkable: BoolArray
    block: IntArray
    family: IntArray
    full: IntArray
    first: IntArray
    joined: IntArray
    tokens: Words
    middles: Words
    blocks: pl.Series
    fulls: pl.Series
    words: pl.Series
    near: npt.NDArray[np.int64]
    misspelt: npt.NDArray[np.int64]
    elsewhere: BoolArray


def name_keys(names: pl.DataFrame) -> pl.DataFrame:
    """Read printed names.

    Args:
        names: Columns `name` and, null where unknown, `given` and `family`; one row per distinct name.

    Returns:
        `NAME_KEYS`, one row per input row, in the input's order. `family` has no spaces ("vanderberg",
        "garciamolina"), so that hyphens and spaces inside a family name never split a person; `tokens` are the
        folded given names, split at spaces, dots and hyphens; `first` runs the hyphenated parts of the first
        given name together ("weiming") and is null for mononyms; `middles` are the tokens after it.
    """
    parts = [
        _keys_of_some(names.slice(begin, _NAMES_AT_ONCE)) for begin in range(0, max(names.height, 1), _NAMES_AT_ONCE)
    ]
    # Lists travel as spaced text: a python list per row costs ten times as much.
    spaced = pl.col("tokens", "middles")
    words = pl.when(spaced != "").then(spaced).str.split(" ").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    return pl.concat(parts).with_columns(words)


def _keys_of_some(names: pl.DataFrame) -> pl.DataFrame:
    """`NAME_KEYS` with the lists as spaced text: plain names as columns, the others one by one, which is slow."""
    rows = names.select("name", "given", "family").with_row_index("row").with_columns(plain=_is_plain())
    plain = rows.filter("plain").select("row", *_plain_keys())
    others = rows.filter(~pl.col("plain"))
    keys = [
        _keys_of(name[:_LONGEST_NAME], given, family)
        for name, given, family in others.select("name", "given", "family").iter_rows()
    ]
    read = pl.DataFrame(keys, schema=dict.fromkeys(NAME_KEYS, pl.String) | {"linkable": pl.Boolean}, orient="row")
    return pl.concat([plain, others.select("row").hstack(read)]).sort("row").drop("row")


def _is_plain() -> pl.Expr:
    """Tell names that `parse_name` reads as they stand, "Wei-Ming A. Quist": the last word is the family name."""
    name = pl.col("name")
    as_printed = pl.concat_str("given", pl.lit(" "), "family") == name
    return (
        (pl.col("family").is_null() | as_printed.fill_null(value=False))
        & (name.str.len_chars() <= _LONGEST_NAME)
        & ~name.str.contains_any(_MORE_THAN_A_LETTER)
        & are_plain(name)
    )


def _plain_keys() -> list[pl.Expr]:
    """What `_keys_of` says of a plain name."""
    lower = pl.col("name").str.replace_many(_ACCENTED).str.to_lowercase().str.replace_all(".", "", literal=True)
    tokens = lower.str.replace(r" \S+$", "")
    family = lower.str.extract(r" (\S+)$").str.replace_all("[-']", "")
    first = tokens.str.extract(r"^(\S+)")
    spaced = tokens.str.replace_all("-", " ", literal=True)
    is_initial = pl.col("name").str.contains(r"^\S\.")
    after_first = pl.when(is_initial).then(spaced.str.extract(r"^\S+ (.*)$"))
    after_words = tokens.str.extract(r"^\S+ (.*)$").str.replace_all("-", " ", literal=True)
    return [
        pl.lit(value=True).alias("linkable"),
        family.alias("family"),
        pl.when(is_initial).then(first.str.slice(0, 1)).otherwise(first.str.replace_all("-", "")).alias("first"),
        spaced.alias("tokens"),
        after_first.otherwise(after_words).fill_null("").alias("middles"),
    ]


@lru_cache(_NAMES_REMEMBERED)
def _keys_of(name: str, given: str | None, family: str | None) -> tuple[bool, str, str | None, str, str]:
    parsed = parse_name(name)
    if parsed.kind is not NameKind.PERSON:
        return False, "", None, "", ""
    if family is None:
        given, family = parsed.given, parsed.family
    family_key = fold(family or "").replace(" ", "")
    spaced = _HYPHENS.sub(" - ", initials_apart(given or "", family or "").replace(".", " "))
    groups = [fold(group.replace(" - ", " ")).split() for group in _UNHYPHENATED_SPACE.split(spaced)]
    groups = [group for group in groups if group]
    tokens = [token for group in groups for token in group]
    if not family_key and tokens:
        return True, "".join(tokens), None, "", ""
    if not tokens:
        return bool(family_key), family_key, None, "", ""
    written = all(len(token) > 1 for token in groups[0])
    if not written:
        return True, family_key, tokens[0], " ".join(tokens), " ".join(tokens[1:])
    middles = " ".join(token for group in groups[1:] for token in group)
    return True, family_key, "".join(groups[0]), " ".join(tokens), middles


def flip_family_first(keys: pl.DataFrame, family_counts: pl.DataFrame, given_counts: pl.DataFrame) -> pl.DataFrame:
    """Read "Wang Xiaolong" as family Wang where both words are far likelier that way round.

    Only names of two written-out words are asked; both words must be `FLIP_RATIO` times commoner in the other
    role. The reading is settled name by name, from the model's counts alone, so it never depends on the input.

    Args:
        keys: `NAME_KEYS`.
        family_counts: `key, mentions` of family names.
        given_counts: `key, mentions` of first given names.
    """
    rows = keys.with_row_index("row")
    asked = rows.filter(
        (pl.col("tokens").list.len() == 1)
        & (pl.col("first").str.len_chars() > 1)
        & (pl.col("family").str.len_chars() > 1)
    )

    def counted(frame: pl.DataFrame, on: str, counts: pl.DataFrame, name: str) -> pl.DataFrame:
        found = counts.select(pl.col("key").alias(on), pl.col("mentions").cast(pl.Float64).alias(name))
        return frame.join(found, on=on, how="left").with_columns(pl.col(name).fill_null(0.5))

    asked = counted(asked, "first", family_counts, "first_as_family")
    asked = counted(asked, "first", given_counts, "first_as_given")
    asked = counted(asked, "family", family_counts, "last_as_family")
    asked = counted(asked, "family", given_counts, "last_as_given")
    flipped = asked.filter(
        (pl.col("first_as_family") > FLIP_RATIO * pl.col("first_as_given"))
        & (pl.col("last_as_given") > FLIP_RATIO * pl.col("last_as_family"))
    ).select(
        "row",
        pl.col("first").alias("flipped_family"),
        pl.col("family").alias("flipped_first"),
        pl.concat_list("family").alias("flipped_tokens"),
    )
    joined = rows.join(flipped, on="row", how="left", maintain_order="left")
    return joined.select(
        "linkable",
        pl.coalesce("flipped_family", "family").alias("family"),
        pl.coalesce("flipped_first", "first").alias("first"),
        pl.coalesce("flipped_tokens", "tokens").alias("tokens"),
        "middles",
    )


def name_table(keys: pl.DataFrame) -> NameTable:
    """Turn name keys into codes. Codes follow the alphabet, so they do not depend on the rows' order."""
    several = range(TOKENS)
    first = pl.col("first")
    place = {
        "first": first,
        "joined": pl.when(pl.col("tokens").list.len() > 0).then(pl.col("tokens").list.join("")),
        **{
            f"{field}{k}": pl.col(field).list.get(k, null_on_oob=True)
            for field in ("tokens", "middles")
            for k in several
        },
    }
    block, blocks = _coded_expression(
        keys,
        pl.when("linkable").then(pl.concat_str("family", pl.lit("|"), first.str.slice(0, 1).fill_null(""))),
    )
    family, _ = _coded_expression(keys, pl.when("linkable").then("family"))
    full, fulls = _coded_expression(
        keys,
        pl.when(pl.col("linkable") & (first.str.len_chars() > 1)).then(pl.concat_str("family", pl.lit("|"), first)),
    )
    codes, words = as_one([_coded_expression(keys, expression) for expression in place.values()])
    by_column = dict(zip(place, codes, strict=True))
    letters, _ = coded(words.str.slice(0, 1))
    lengths = words.str.len_chars().to_numpy().astype(np.int32)

    def words_of(field: str) -> Words:
        chosen = np.stack([by_column[f"{field}{k}"] for k in several], axis=1)
        return Words(chosen, _looked_up(letters, chosen, -1), _looked_up(lengths, chosen, 0) > 1)

    return NameTable(
        linkable=keys["linkable"].to_numpy(),
        block=block,
        family=family,
        full=full,
        first=by_column["first"],
        joined=by_column["joined"],
        tokens=words_of("tokens"),
        middles=words_of("middles"),
        blocks=blocks,
        fulls=fulls,
        words=words,
        near=_near_pairs(words),
        misspelt=_misspelt_pairs(words, by_column["first"]),
        elsewhere=words.is_in(_with_forms_elsewhere()).to_numpy(),
    )


def _coded_expression(keys: pl.DataFrame, text: pl.Expr) -> tuple[IntArray, pl.Series]:
    return coded(keys.select(text).to_series())


def are_near(names: NameTable, left: IntArray, right: IntArray) -> BoolArray:
    """Tell which pairs of word codes are short forms or spellings of one name."""
    return _are_among(names.near, names, left, right)


def are_misspelt(names: NameTable, left: IntArray, right: IntArray) -> BoolArray:
    """Tell which pairs of codes of first names are one letter apart."""
    return _are_among(names.misspelt, names, left, right)


def _are_among(pairs: npt.NDArray[np.int64], names: NameTable, left: IntArray, right: IntArray) -> BoolArray:
    if not len(pairs):
        return np.zeros(left.shape, dtype=bool)
    pair = left.astype(np.int64) * len(names.words) + right
    place = np.minimum(np.searchsorted(pairs, pair), len(pairs) - 1)
    return np.asarray(pairs[place] == pair)


@cache
def name_forms() -> pl.DataFrame:
    """First names that are short forms or spellings of one name: `first, other`, both ways round, sorted."""
    forms = pl.DataFrame(given_name_forms(), schema={"word": pl.String, "name": pl.String}, orient="row")
    return (
        forms.join(forms, on="name")
        .filter(pl.col("word") != pl.col("word_right"))
        .select(first="word", other="word_right")
        .unique()
        .sort("first", "other")
    )


def _with_forms_elsewhere() -> list[str]:
    """First names with a form that begins with another letter."""
    letter, other = (pl.col(name).str.slice(0, 1) for name in ("first", "other"))
    return name_forms().filter(letter != other)["first"].unique().sort().to_list()


def _near_pairs(words: pl.Series) -> npt.NDArray[np.int64]:
    """All ordered pairs of words that are forms of one given name."""
    code = pl.DataFrame({"word": words}).with_row_index("code")
    pairs = (
        name_forms()
        .join(code, left_on="first", right_on="word")
        .join(code, left_on="other", right_on="word", suffix="_other")
    )
    left, right = (pairs[column].cast(pl.Int64).to_numpy() for column in ("code", "code_other"))
    return np.unique(left * len(words) + right)


def _misspelt_pairs(words: pl.Series, first: IntArray) -> npt.NDArray[np.int64]:
    """All ordered pairs of long first names at a Damerau-Levenshtein distance of 1.

    Two such words are alike once a letter is left out of one or of both (Garbe 2012): only those are measured.
    """
    codes = np.unique(first[first >= 0])
    long = pl.DataFrame({"code": codes, "word": words.gather(codes)}).filter(
        pl.col("word").str.len_chars() >= LETTERS_TO_MISSPELL
    )
    place = pl.int_ranges(0, pl.col("word").str.len_chars()).alias("place")
    shortened = (
        long.select("code", "word", place)
        .explode("place")
        .select("code", left=pl.col("word").str.head(pl.col("place")) + pl.col("word").str.slice(pl.col("place") + 1))
    )
    variants = pl.concat([long.select("code", left="word"), shortened]).unique()
    several = variants.filter(pl.len().over("left") > 1)
    pairs = (
        several.join(several, on="left", suffix="_other")
        .filter(pl.col("code") < pl.col("code_other"))
        .select("code", "code_other")
        .unique()
    )
    one, other = (words.gather(pairs[side]).to_list() for side in ("code", "code_other"))
    near = cpdist(one, other, scorer=DamerauLevenshtein.distance, score_cutoff=1, dtype=np.uint8) == 1
    left, right = (pairs[side].to_numpy().astype(np.int64)[near] for side in ("code", "code_other"))
    return np.unique(np.concatenate((left * len(words) + right, right * len(words) + left)))


def _looked_up(values: IntArray, codes: IntArray, absent: int) -> IntArray:
    """Values of codes; `absent` where a code is -1."""
    return np.append(values, np.int32(absent)).astype(np.int32)[codes]
