"""Raw author strings split into names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.names import NameKind, parse_name, split_byline


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("", []),
        ("A. Smith", ["A. Smith"]),
        ("A. Smith, B. Brown and C. Dee", ["A. Smith", "B. Brown", "C. Dee"]),
        ("A. Smith, B. Brown, and C. Dee", ["A. Smith", "B. Brown", "C. Dee"]),
        ("A. Smith & B. Brown", ["A. Smith", "B. Brown"]),
        ("Amir H. Abbassi &A. R. Sadre Momtaz", ["Amir H. Abbassi", "A. R. Sadre Momtaz"]),
        ("A. Smith\n  and B. Brown", ["A. Smith", "B. Brown"]),
        # affiliations
        ("A. Smith (MIT), B. Brown (1 and 2), C. Dee ((1) X, (2) Y)", ["A. Smith", "B. Brown", "C. Dee"]),
        ("A. Smith (Univ. of X, Y), B. Brown", ["A. Smith", "B. Brown"]),
        ("A. Smith (MIT", ["A. Smith"]),
        ("A. Smith), B. Brown", ["A. Smith", "B. Brown"]),
        # suffixes
        ("W. Miller, Jr., J. Doe", ["W. Miller, Jr.", "J. Doe"]),
        ("J. Doe and W. Miller, III", ["J. Doe", "W. Miller, III"]),
        # groups
        ("ATLAS Collaboration: G. Aad, B. Abbott", ["ATLAS Collaboration", "G. Aad", "B. Abbott"]),
        ("K. Meagher (for the VERITAS Collaboration)", ["K. Meagher", "for the VERITAS Collaboration"]),
        ("Kevin Meagher for the VERITAS Collaboration", ["Kevin Meagher", "the VERITAS Collaboration"]),
        ("The ATLAS and CMS Collaborations, J. Doe", ["The ATLAS and CMS Collaborations", "J. Doe"]),
        ("A. Smith with an appendix by K. Doe", ["A. Smith", "K. Doe"]),
        # the byline is cut
        ("G. J. Alner et al.", ["G. J. Alner", "et al."]),
        ("A. Smith, et al", ["A. Smith", "et al"]),
        # family name first
        ("Smith, J., Brown, K. and Dee, A.", ["Smith, J.", "Brown, K.", "Dee, A."]),
        ("Smith, John; Brown, Kate", ["Smith, John", "Brown, Kate"]),
        ("A. Smith; B. Brown", ["A. Smith", "B. Brown"]),
        ("A. Smith, B. Brown, C. Dee; E. Foe", ["A. Smith", "B. Brown", "C. Dee", "E. Foe"]),
        # TeX, scripts, nicknames
        (r"M\"uller, E. \and J. Doe", ["Müller", "E.", "J. Doe"]),
        (r"Jos\'e Garc\'{\i}a, A.~Smith", ["José García", "A. Smith"]),
        ("Wei Wang (王伟), Li Na", ["Wei Wang (王伟)", "Li Na"]),
        ("王伟\uff0c李娜\u3001张三", ["王伟", "李娜", "张三"]),
        ("Edward (Ed) Chi, Dong Lin", ["Edward (Ed) Chi", "Dong Lin"]),
    ],
)
def test_split(byline: str, names: list[str]) -> None:
    assert split_byline(byline) == names


def test_person_and_group_are_told_apart_afterwards() -> None:
    kinds = [parse_name(name).kind for name in split_byline("K. Doe (for the CDF Collaboration), et al.")]
    assert kinds == [NameKind.PERSON, NameKind.GROUP, NameKind.PLACEHOLDER]


BYLINES = st.lists(
    st.sampled_from(
        [
            "A. Smith",
            "Bo Ng",
            ",",
            ";",
            " and ",
            "(",
            ")",
            "for the",
            "Team",
            "Jr.",
            "et al.",
            "王伟",
            ":",
            "\\and",
            " ",
            "x",
        ]
    ),
    max_size=14,
).map("".join)


@given(st.one_of(st.text(), BYLINES))
def test_any_text_gives_names_on_one_line(byline: str) -> None:
    for name in split_byline(byline):
        assert name == " ".join(name.split())
        assert any(map(str.isalnum, name))


@given(st.lists(st.sampled_from(["A. Smith", "Bo Ng", "José García", "Wei-Ming Li", "O. d'Este"]), max_size=6))
def test_joined_names_come_back(names: list[str]) -> None:
    assert split_byline(", ".join(names)) == names


@pytest.mark.parametrize("piece", ["()", "(a", "for the ", "the and ", "a, ", "and ", "et al ", ";"])
def test_a_long_byline_is_no_trap(piece: str) -> None:
    split_byline(piece * 5_000)
