"""Texts as numbers, and texts as terms: some at a time gives what all at once gives."""

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.resolve import terms
from pipeline.resolve.bags import list_bags
from pipeline.resolve.codes import coded, coded_together, distinct_entries
from pipeline.resolve.terms import STEM, STOP_TERMS, exploded_terms

texts = st.lists(st.none() | st.text(max_size=3), max_size=12)


@given(texts)
def test_codes_follow_the_alphabet(values):
    code, known = coded(pl.Series(values, dtype=pl.String))
    distinct = sorted({value for value in values if value is not None}, key=str.encode)
    assert known.to_list() == distinct
    assert code.tolist() == [-1 if value is None else distinct.index(value) for value in values]


@given(texts, texts)
def test_columns_numbered_together_are_numbered_as_one(left, right):
    columns = [pl.Series(values, dtype=pl.String) for values in (left, right)]
    codes, known = coded_together(columns)
    code, expected = coded(pl.concat(columns))
    assert known.to_list() == expected.to_list()
    assert np.concatenate(codes).tolist() == code.tolist()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3))))
def test_entries_come_once_and_sorted(entries):
    row, code = np.array(entries, dtype=np.int32).reshape(-1, 2).T
    found = zip(*(part.tolist() for part in distinct_entries(row, code, 4)), strict=True)
    assert list(found) == sorted(set(entries))


@settings(deadline=None)
@given(st.lists(st.none() | st.text("abXÉ1 the-", max_size=30), max_size=7), st.integers(1, 3))
def test_terms_are_the_distinct_cut_words_of_each_text(values, at_once):
    stop = {word[:STEM] for word in STOP_TERMS}
    expected = [
        (row, term)
        for row, text in enumerate(values)
        for term in sorted({word[:STEM] for word in re.findall(r"\w{2,}", (text or "").lower())} - stop)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terms, "_TEXTS_AT_ONCE", at_once)
        assert exploded_terms(pl.Series(values, dtype=pl.String)).rows() == expected


def test_values_of_a_list_that_fold_alike_are_one():
    bags = list_bags(pl.Series([["cs.LG", " CS.lg", None], None, [], ["a", "cs.lg"]]), normed=False)
    assert bags.begin.tolist() == [0, 1, 1, 1, 3]
    assert bags.codes.tolist() == [1, 0, 1]
