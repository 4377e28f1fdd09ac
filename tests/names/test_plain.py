"""Plain names: what is read as it stands must be what the rules of names, one by one, make of it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.names import are_plain, lexicon
from pipeline.names.parsing import _settled
from pipeline.names.plain import ROLE_WORDS, is_plain

LIKE_ROLES = lexicon.LOWER_PARTICLES | lexicon.DEGREES | lexicon.LATE_SUFFIXES.keys() | lexicon.ORDER_SURNAMES
"""Words that have a role in some names."""
FREE = ["Ada", "Wei-Ming", "J.", "V.", "J.-P.", "Na", "Nan", "O'Neil", "Al-Ani", "José"]


def names_of(words):
    return st.lists(st.sampled_from([word.title() for word in sorted(words)] + FREE), min_size=2, max_size=5).map(
        " ".join
    )


NAMES = names_of(LIKE_ROLES | ROLE_WORDS)


@given(names_of(LIKE_ROLES - ROLE_WORDS).filter(is_plain))
@settings(max_examples=300, deadline=None)
def test_the_rules_read_a_plain_name_as_it_stands(name):
    read = _settled(name)
    assert (f"{read.given} {read.family}", read.suffix, read.kind) == (name, None, "person")
    assert " " not in read.family


@given(st.lists(NAMES, max_size=20))
@settings(max_examples=50, deadline=None)
def test_a_column_is_told_as_one_by_one(names):
    told = pl.DataFrame({"name": names}, schema={"name": pl.String}).select(are_plain(pl.col("name"))).to_series()
    assert told.to_list() == [is_plain(name) for name in names]


WORD_LISTS = [value for name, value in vars(lexicon).items() if name.isupper() and isinstance(value, (frozenset, dict))]
FORMS = ["{} Quist", "Ada {}", "A. {}", "Ada {} Quist", "{} Ada Quist", "{} A. Quist", "{0} {0}"]


@pytest.mark.parametrize("form", FORMS)
def test_every_word_with_a_role_is_read_by_the_rules_or_as_it_stands(form):
    names = [form.format(word.title()) for words in WORD_LISTS for word in sorted(words)]
    plain = [name for name in names if is_plain(name)]
    read = [_settled(name) for name in plain]
    assert [(f"{one.given} {one.family}", one.suffix, one.kind) for one in read] == [
        (name, None, "person") for name in plain
    ]
