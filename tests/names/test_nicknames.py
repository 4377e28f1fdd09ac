"""The table of short forms."""

import csv
from importlib.resources import files

import pytest

from pipeline.names.folding import fold
from pipeline.names.nicknames import are_nicknames, are_variants


@pytest.mark.parametrize(("a", "b"), [("ed", "edward"), ("edwin", "ed"), ("bob", "rob"), ("pepe", "jose")])
def test_nicknames(a: str, b: str) -> None:
    assert are_nicknames(a, b)
    assert are_nicknames(b, a)


def test_two_names_with_one_short_form_are_two_names() -> None:
    assert not are_nicknames("edward", "edwin")
    assert not are_variants("edward", "edwin")


def test_the_table_is_well_formed() -> None:
    lines = files("pipeline.names").joinpath("nicknames.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    assert {row["kind"] for row in rows} == {"nickname", "variant"}
    assert len({(row["formal"], row["kind"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["formal"] == fold(row["formal"])
        assert row["forms"]
