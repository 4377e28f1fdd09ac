"""How far two given names agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.names import GivenLevel, given_compatibility

Level = GivenLevel


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ("José", "Jose", Level.EXACT),
        ("Ed H.", "Ed H", Level.EXACT),
        ("WEI", "Wei", Level.EXACT),
        ("伟", "Wei", Level.EXACT),
        ("Xiao-Ming", "Xiaoming", Level.RESPACED),
        ("Xiao Ming", "Xiaoming", Level.RESPACED),
        ("Ed Huai", "Ed H.", Level.MIDDLE_INITIAL),
        ("Chien P.", "Chien-Peng", Level.MIDDLE_INITIAL),
        ("Ed", "Ed H.", Level.MIDDLE_MISSING),
        ("Xiao Ming J.", "Xiaoming", Level.MIDDLE_MISSING),
        ("John A. B.", "John B.", Level.MIDDLE_MISSING),
        ("Ed", "Edward", Level.NICKNAME),
        ("Ed H.", "Edward", Level.NICKNAME),
        ("Bob", "Rob", Level.NICKNAME),
        ("Giuseppe", "Beppe", Level.NICKNAME),
        ("Aleksandr", "Sasha", Level.NICKNAME),
        ('Linxi "Jim"', "Jim", Level.NICKNAME),
        ("Sergey", "Serguei", Level.NEAR),
        ("Yury", "Iouri", Level.NEAR),
        ("Mohamed A.", "Muhammad", Level.NEAR),
        ("Micheal", "Michael", Level.NEAR),
        ("Eric", "Erik", Level.NEAR),
        ("Young-Ho", "Yeong-Ho", Level.NEAR),
        ("伟", "威", Level.NEAR),
        ("E. H.", "Ed H.", Level.INITIALS),
        ("C.-P.", "Chien-Peng", Level.INITIALS),
        ("J. P.", "Jean-Pierre", Level.INITIALS),
        ("JA", "John A.", Level.INITIALS),
        ("E. H.", "E. H.", Level.INITIALS),
        ("E.", "Ed H.", Level.INITIAL),
        ("E.", "E.", Level.INITIAL),
        ("Yu.", "Yuri", Level.INITIAL),
        ("Th.", "Thomas", Level.INITIAL),
        ("J. Robert", "Robert", Level.FIRST_DROPPED),
        (None, "Ed", Level.MISSING),
        ("", "", Level.MISSING),
        ("?", "Ed", Level.MISSING),
        ("Jean", "Jean-Pierre", Level.COMPOUND_PART),
        ("Wei", "Wei-Ming", Level.COMPOUND_PART),
        ("John A.", "John B.", Level.MIDDLE_CONFLICT),
        ("Wei", "Weiming", Level.INCOMPATIBLE),
        ("Wei", "Wen", Level.INCOMPATIBLE),
        ("Xiaoming", "Xiaoping", Level.INCOMPATIBLE),
        ("J. A.", "J. B.", Level.INCOMPATIBLE),
        ("E.", "Wei", Level.INCOMPATIBLE),
        ("Edward", "Edwin", Level.INCOMPATIBLE),
        ("Christian", "Christina", Level.INCOMPATIBLE),
        ("Roberto", "Roberta", Level.INCOMPATIBLE),
        ("Erwin", "Edwin", Level.INCOMPATIBLE),
    ],
)
def test_levels(a: str | None, b: str | None, level: GivenLevel) -> None:
    assert given_compatibility(a, b) is level


def test_levels_are_ordered_from_contradiction_to_identity() -> None:
    assert min(Level) is Level.INCOMPATIBLE
    assert max(Level) is Level.EXACT
    assert Level.MISSING < Level.INITIAL < Level.INITIALS < Level.NICKNAME < Level.MIDDLE_MISSING < Level.RESPACED


NAMES = st.lists(
    st.sampled_from(
        [
            "Ed",
            "Edward",
            "E.",
            "H.",
            "JA",
            "Wei",
            "Ming",
            "Xiao-Ming",
            "Xiaoming",
            "J.-P.",
            "Yu.",
            '"Jim"',
            "Sergey",
            "王",
            "-",
        ]
    ),
    max_size=4,
).map(" ".join)


@given(st.one_of(st.none(), st.text(), NAMES), st.one_of(st.none(), st.text(), NAMES))
def test_symmetric(a: str | None, b: str | None) -> None:
    assert given_compatibility(a, b) is given_compatibility(b, a)


@given(NAMES)
def test_a_name_agrees_with_itself(name: str) -> None:
    own = given_compatibility(name, name)
    assert own is Level.MISSING or own >= Level.INITIAL
