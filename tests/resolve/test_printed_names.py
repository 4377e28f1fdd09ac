"""Names as keys: plain ones are read as columns, and must read as `parse_name` reads them."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.names import NameKind, parse_name
from pipeline.names.plain import ROLE_WORDS
from pipeline.resolve.printed_names import NAME_KEYS, name_keys

PARTS = {"name": pl.String, "given": pl.String, "family": pl.String}
WORDS = st.one_of(
    st.sampled_from(
        ["Ada", "Wei-Ming", "J.", "J.-P.", "Quist", "O'Neil", "Al-Ani", "Petrovich", "José", "McKay", "LI", "Æ.", "Ø."]
    ),
    st.sampled_from(sorted(ROLE_WORDS)).map(str.title),
    st.text("abAB.-' éßøÅÆ", min_size=1, max_size=5),
)


def assert_read_alike(names):
    """Assert that names give the same keys as when their parts, which are read one by one, come with them."""
    bare = pl.DataFrame({"name": names}, schema={"name": pl.String}).with_columns(
        given=pl.lit(None, dtype=pl.String), family=pl.lit(None, dtype=pl.String)
    )
    parsed = [parse_name(name) for name in names]
    parted = pl.DataFrame([(one.raw, one.given, one.family) for one in parsed], schema=PARTS, orient="row")
    assert name_keys(bare).equals(name_keys(parted))


@settings(deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=20))
def test_plain_names_read_as_parsed(names):
    assert_read_alike(names)


def test_real_names_read_as_parsed(shared_data):
    corpus = pl.scan_parquet(shared_data / "data" / "arxiv" / "corpus.parquet").select("authors").head(10_000).collect()
    assert_read_alike(corpus["authors"].explode().drop_nulls().unique().to_list())


@pytest.mark.parametrize(
    ("printed", "family", "first", "tokens", "middles"),
    [
        ("Wei-Ming A. Quist", "quist", "weiming", ["wei", "ming", "a"], ["a"]),
        ("J.-P. Maria O'Neil-Quist", "oneilquist", "j", ["j", "p", "maria"], ["p", "maria"]),
        ("A. B. Quist", "quist", "a", ["a", "b"], ["b"]),
        ("Quist", "quist", None, [], []),
        ("Quist JA", "quist", "j", ["j", "a"], ["a"]),
        ("JA Quist", "quist", "j", ["j", "a"], ["a"]),
        ("Quist, JAM", "quist", "jam", ["jam"], []),
        ("QUIST JH", "quist", "j", ["j", "h"], ["h"]),
        ("MD Abdul Quist", "quist", "md", ["md", "abdul"], ["abdul"]),
        ("Eric JP Quist", "quist", "eric", ["eric", "j", "p"], ["j", "p"]),
    ],
)
def test_keys_of_a_name(printed, family, first, tokens, middles):
    keys = name_keys(pl.DataFrame({"name": [printed], "given": [None], "family": [None]}, schema=PARTS))
    assert keys.row(0) == (True, family, first, tokens, middles)


def test_no_names_have_no_keys():
    keys = name_keys(pl.DataFrame(schema=PARTS))
    assert (keys.height, dict(keys.schema)) == (0, NAME_KEYS)


def test_groups_and_placeholders_are_not_linkable():
    printed = ["The Quist Collaboration", "et al."]
    assert {parse_name(name).kind for name in printed} == {NameKind.GROUP, NameKind.PLACEHOLDER}
    frame = pl.DataFrame({"name": printed, "given": [None] * 2, "family": [None] * 2}, schema=PARTS)
    assert name_keys(frame)["linkable"].to_list() == [False, False]
