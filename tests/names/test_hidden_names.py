"""Where a text prints a name that is not to be shown, however it is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.names import HiddenName, fold, parse_name
from pipeline.names.hidden import _folded_with_places

SHOWN = parse_name("Ana Prado")
JOSE = HiddenName("José León")


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("by José León, and others", "by Ana Prado, and others"),
        ("JOSE LEON", "Ana Prado"),
        ("Jose\u0301 Leo\u0301n's theorem", "Ana Prado's theorem"),
        ("l'José-León", "l'Ana Prado"),
        ("{León, José and Roe, Jane}", "{Prado, Ana and Roe, Jane}"),
        ("LEON JOSE", "Ana Prado"),
        ("José León José León", "Ana Prado Ana Prado"),
        ("José Leónidas and M. José Leona", "José Leónidas and M. José Leona"),
        ("José A. León", "José A. León"),
        ("", ""),
    ],
)
def test_a_text_with_another_name_in_its_place(text, replaced):
    assert JOSE.replaced(text, SHOWN) == replaced
    assert JOSE.is_in(text) is (replaced != text)


def test_a_suffix_goes_with_the_name_it_was_hidden_with():
    assert HiddenName("José León Jr.").replaced("José León Jr., León, Jr., José", SHOWN) == "Ana Prado., Prado, Ana"


def test_a_longer_name_that_stays_is_left_alone():
    hidden = HiddenName("J. Smith", keep=frozenset({"mary j smith"}))
    assert hidden.replaced("Mary J. Smith met J. Smith", SHOWN) == "Mary J. Smith met Ana Prado"
    assert not hidden.is_name("Mary J. Smith", "Mary J.", "Smith")


@pytest.mark.parametrize(
    ("printed", "is_it"),
    [
        (("José León",), True),
        (("Dr. Jose Leon, Jr.",), True),
        (("León, José",), True),
        (("Leon Jose",), True),
        (("printed in some other way", "José", "León"), True),
        (("J. León",), False),
        (("José León-Prado",), False),
        ((None, None, None), False),
        (("", None, "León"), False),
    ],
)
def test_which_printed_names_are_it(printed, is_it):
    assert JOSE.is_name(*printed) is is_it


def test_a_name_of_another_script():
    assert HiddenName("王伟").replaced("王伟 and 王伟东", SHOWN) == "Ana Prado and 王伟东"


def test_a_name_whose_parts_are_not_those_that_were_written():
    hidden = HiddenName("Agent007 Bond")
    assert hidden.replaced("Agent007 Bond", SHOWN) == "Ana Prado"
    assert all(hidden.words)


@pytest.mark.parametrize("printed", ["", "...", "--"])
def test_what_has_no_letter_is_in_nothing(printed):
    hidden = HiddenName(printed)
    assert not hidden.forms
    assert not hidden.is_in("anything at all")
    assert not hidden.is_name("")


@given(st.text())
def test_letters_are_found_again_where_they_came_from(text):
    folded, places, edges = _folded_with_places(text)
    assert folded == fold(text)
    assert len(places) >= len(folded)
    assert {0, len(folded)} <= edges


WORDS = st.sampled_from(["José", "LEON", "León", "jose", "Roe", "é", "l", "Ana"])
MARKS = st.sampled_from([" ", ", ", "-", "'", " (", "; ", "\u2019", "\u00a0", ""])


@given(st.lists(st.tuples(WORDS, MARKS), max_size=8).map(lambda parts: "".join(word + mark for word, mark in parts)))
def test_no_word_sequence_of_it_is_left(text):
    left = JOSE.replaced(text, parse_name("Someone Else"))
    assert not JOSE.is_in(left)
    assert " jose leon " not in f" {fold(left)} "
