"""Levels of given-name agreement, on names as printed."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from pipeline.resolve.counts import shipped_counts
from pipeline.resolve.name_levels import NameLevel, compare_names
from pipeline.resolve.printed_names import (
    LETTERS_TO_MISSPELL,
    are_misspelt,
    flip_family_first,
    name_keys,
    name_table,
)
from pipeline.resolve.rarity import name_rarity


def table_of(*names):
    frame = pl.DataFrame(
        {"name": list(names), "given": [None] * len(names), "family": [None] * len(names)},
        schema={"name": pl.String, "given": pl.String, "family": pl.String},
    )
    counts = shipped_counts()
    parts = [counts.filter(kind=kind).select("key", "mentions") for kind in ("family", "given")]
    names_read = name_table(flip_family_first(name_keys(frame), *parts))
    return names_read, name_rarity(names_read, counts)


def compared(one, other):
    names, rarity = table_of(one, other)
    assert names.block[0] == names.block[1]
    level, bearers = compare_names(names, rarity, np.array([0, 1]), np.array([1, 0]))
    assert level[0] == level[1]
    assert bearers[0] == bearers[1]
    return NameLevel(level[0]), float(bearers[0])


@settings(max_examples=30)
@given(st.lists(st.text("ab", min_size=5, max_size=7), min_size=8, max_size=20, unique=True))
def test_misspelt_are_long_first_names_one_letter_apart(first_names):
    names, _ = table_of(*(f"{word.title()} Quist" for word in first_names))
    left, right = (side.ravel() for side in np.meshgrid(names.first, names.first))
    expected = [
        min(len(one), len(other)) >= LETTERS_TO_MISSPELL and DamerauLevenshtein.distance(one, other) == 1
        for one, other in zip(names.words.gather(left), names.words.gather(right), strict=True)
    ]
    assert are_misspelt(names, left, right).tolist() == expected


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Ada Quist", "Ada Quist", NameLevel.SAME),
        ("Ada Mary Quist", "Ada Mary Quist", NameLevel.SAME_WITH_MIDDLE),
        ("Ada Mary Quist", "Ada M. Quist", NameLevel.MIDDLE_INITIAL),
        ("Ada Mary Quist", "Ada Quist", NameLevel.MIDDLE_ONE_SIDED),
        ("Ada Mary Quist", "Ada Ruth Quist", NameLevel.MIDDLE_CONFLICT),
        ("Ada M. Quist", "Ada R. Quist", NameLevel.MIDDLE_CONFLICT),
        ("Wei-Ming Quist", "Weiming Quist", NameLevel.SAME),
        ("Jean-Pierre Quist", "Jean-Pierre A. Quist", NameLevel.MIDDLE_ONE_SIDED),
        ("Wei Ming Quist", "Weiming Quist", NameLevel.SAME_WITH_MIDDLE),
        ("Jean-Pierre Quist", "Jean Quist", NameLevel.FIRST_PART),
        ("Xuan-Khoai Quist", "Xuan-Thien Quist", NameLevel.IMPOSSIBLE),
        ("Mike Quist", "Michael Quist", NameLevel.NEAR),
        ("Sergei Quist", "Sergey Quist", NameLevel.NEAR),
        ("Cristopher Quist", "Christopher Quist", NameLevel.MISSPELT),
        ("Christohper Quist", "Christopher Quist", NameLevel.MISSPELT),
        ("Otillie Quist", "Ottilie Quist", NameLevel.IMPOSSIBLE),
        ("Zenobia Quist", "Zenobie Quist", NameLevel.MISSPELT),
        ("Zenobia M. Quist", "Zenobie R. Quist", NameLevel.IMPOSSIBLE),
        ("Maria Quist", "Marta Quist", NameLevel.IMPOSSIBLE),
        ("A. M. Quist", "Ada Mary Quist", NameLevel.INITIALS_AGREE),
        ("A. Quist", "A. Quist", NameLevel.BOTH_INITIAL),
        ("A. M. Quist", "A. Quist", NameLevel.BOTH_INITIAL_ONE_SIDED),
        ("A. Quist", "Ada Quist", NameLevel.INITIAL_AND_FULL),
        ("A. Quist", "Ada Mary Quist", NameLevel.INITIAL_AND_FULL_ONE_SIDED),
        ("A. R. Quist", "Ada Mary Quist", NameLevel.INITIAL_CONFLICT),
        ("J.-P. Quist", "Jean-Pierre Quist", NameLevel.INITIALS_AGREE),
        ("Ada Quist", "Agnes Quist", NameLevel.IMPOSSIBLE),
        ("Wei Quist", "Weiming Quist", NameLevel.IMPOSSIBLE),
    ],
)
def test_level(one, other, level):
    assert compared(one, other)[0] is level


def test_more_agreement_leaves_fewer_bearers():
    common, initials = compared("Wei Wang", "Wei Wang")[1], compared("W. Wang", "Wei Wang")[1]
    rare, middle = compared("Ottilie Quist", "Ottilie Quist")[1], compared("Wei M. Wang", "Wei M. Wang")[1]
    assert rare < middle < common < initials


@pytest.mark.parametrize(
    ("printed", "block"),
    [
        ("Wang Xiaolong", "wang|x"),
        ("Xiaolong Wang", "wang|x"),
        ("Müller, Jürgen", "muller|j"),
        ("van der Berg, Jan", "vanderberg|j"),
        ("Garcia-Molina, Hector", "garciamolina|h"),
        ("Madonna", "madonna|"),
    ],
)
def test_block_key(printed, block):
    names, _ = table_of(printed)
    assert names.blocks[int(names.block[0])] == block


@pytest.mark.parametrize("printed", ["The ATLAS Collaboration", "", "et al."])
def test_what_is_no_person_has_no_block(printed):
    names, _ = table_of(printed)
    assert (names.block[0], bool(names.linkable[0])) == (-1, False)


def test_given_and_family_columns_spare_parsing():
    frame = pl.DataFrame({"name": ["Lee Kuan Yew"], "given": ["Kuan Yew"], "family": ["Lee"]})
    assert name_keys(frame)["family"].to_list() == ["lee"]
