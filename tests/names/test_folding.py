"""The key form of a name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.names import fold


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("José García", "jose garcia"),
        ("Müller-Lüdenscheidt", "muller ludenscheidt"),
        ("O'Brien", "obrien"),
        ("O\u2019Brien", "obrien"),
        ("J.-P. Serre", "j p serre"),
        ("Łukasz Strauß Ørsted Þór", "lukasz strauss orsted thor"),
        ("ÅNGSTRÖM", "angstrom"),
        ("İstanbul", "istanbul"),
        ("王伟", "wangwei"),
        ("Пётр Ильич", "petr ilich"),
        ("Соловьёв", "solovev"),
        ("  a -- b  ", "a b"),
        ("", ""),
        ("!?", ""),
    ],
)
def test_fold(text: str, key: str) -> None:
    assert fold(text) == key


@given(st.text())
def test_fold_once_is_enough_and_leaves_ascii_words(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert re.fullmatch(r"(?:[a-z0-9]+(?: [a-z0-9]+)*)?", key)
