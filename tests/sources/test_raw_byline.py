"""arXivRaw's author string gives names with their affiliations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.names import split_byline
from pipeline.sources.parsing.raw_byline import raw_authors


def told(byline):
    return [(author["name"], author.get("affiliations", [])) for author in raw_authors(byline)]


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Ada Byron, Charles Babbage", [("Ada Byron", []), ("Charles Babbage", [])]),
        ("Ada Byron (London)", [("Ada Byron", ["London"])]),
        (
            "Ada Byron, Charles Babbage (London, UK) and Luigi Menabrea (Turin)",
            [("Ada Byron", ["London, UK"]), ("Charles Babbage", ["London, UK"]), ("Luigi Menabrea", ["Turin"])],
        ),
        ("Ada Byron (London), Luigi Menabrea", [("Ada Byron", ["London"]), ("Luigi Menabrea", [])]),
        (
            "Ada Byron (1,2) and Luigi Menabrea (2 and 3) ((1) London, (2) Turin (Italy), (3) Paris.)",
            [("Ada Byron", ["London", "Turin (Italy)"]), ("Luigi Menabrea", ["Turin (Italy)", "Paris"])],
        ),
        (
            "Ada Byron (a) and Luigi Menabrea (b) ((a) London; (b) Turin)",
            [("Ada Byron", ["London"]), ("Luigi Menabrea", ["Turin"])],
        ),
        ("Ada Byron (7) ((1) London)", [("Ada Byron", [])]),
        ("Ada Byron (1)", [("Ada Byron", [])]),
        (
            "Ada Byron (for the ENGINE Collaboration)",
            [("Ada Byron", []), ("for the ENGINE Collaboration", [])],
        ),
        (r"Andr\'e Weil (Universit\'e de Paris)", [("André Weil", ["Université de Paris"])]),
        ("Ada Byron, et al", [("Ada Byron", [])]),
        ("Ada Byron et al. (London)", [("Ada Byron", ["London"])]),
        ("et al.", [("et al.", [])]),
        ("Ada Byron (London", [("Ada Byron", ["London"])]),
        ("", []),
    ],
)
def test_a_bracket_belongs_to_the_names_before_it(byline, expected):
    assert told(byline) == expected


WORDS = st.sampled_from(["Ada", "Byron", "et al", "1", "a", " ", ",", "(", ")", " and ", " for the X Team"])


@given(st.lists(WORDS, max_size=30).map("".join))
def test_brackets_change_no_name(byline):
    names = [name for name, _ in told(byline)]
    whole = split_byline(byline)
    assert names in (whole, [name for name in whole if name not in {"et al", "et al."}])
