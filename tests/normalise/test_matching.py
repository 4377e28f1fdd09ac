"""Whether two records are one paper: title and byline agree, an identifier lowers what is asked."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.matching import FLOORS, METHODS, agreement, choose, title_key

TITLE = "Understanding and improving engines that weave"
OTHER = "On the tides and the figure of the earth"


def pairs(*rows):
    columns = ["openalex_id", "arxiv_id", "method", "title_l", "title_r", "families_l", "families_r"]
    types = dict(zip(columns, [pl.String] * 5 + [pl.List(pl.String)] * 2, strict=True))
    return pl.DataFrame(rows, schema=types, orient="row")


def pair(openalex="W1", arxiv="a", method="published_doi", titles=(TITLE, TITLE), families=(["byron"], ["byron"])):
    return (openalex, arxiv, method, *titles, *families)


@pytest.mark.parametrize(
    ("titles", "families", "score"),
    [
        ((TITLE, TITLE), (["byron", "zhang"], ["byron", "zhang"]), 1.0),
        ((TITLE, TITLE.upper() + "!"), (["byron"], ["byron"]), 1.0),
        ((TITLE, TITLE), (["byron"], ["zhang"]), 0.5),
        ((TITLE, TITLE), ([], ["zhang"]), 1.0),
        ((TITLE, TITLE), ([], []), 1.0),
        ((TITLE, TITLE), (["byron"], ["byron", "zhang", "babbage"]), 1.0),
        ((TITLE, TITLE), (["byron", "byron"], ["byron", "zhang"]), 1.0),
        ((TITLE, TITLE), (["byron", "menabrea"], ["byron", "zhang"]), 0.75),
    ],
    ids=["equal", "case and stops", "other byline", "no byline", "no bylines", "cut byline", "doubled", "half"],
)
def test_agreement_of_titles_and_bylines(titles, families, score):
    assert agreement(pairs(pair(titles=titles, families=families))).to_list() == [score]


def test_agreement_of_nothing():
    assert agreement(pairs()).to_list() == []


@given(
    st.tuples(st.text(), st.text()),
    st.tuples(*[st.lists(st.sampled_from("abcd"), max_size=4)] * 2),
)
def test_agreement_is_a_share_and_the_same_from_both_sides(titles, families):
    ((score,), (turned,)) = (
        agreement(pairs(pair(titles=titles[::step], families=families[::step]))).to_list() for step in (1, -1)
    )
    assert 0 <= score <= 1
    assert score == turned


@pytest.mark.parametrize("method", METHODS)
def test_a_good_pair_holds_by_any_method(method):
    assert choose(pairs(pair(method=method))).rows() == [("W1", "a", method, 1.0)]


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_identifier_does_not_hold(method):
    assert choose(pairs(pair(method=method, titles=(TITLE, OTHER), families=(["byron"], ["somerville"])))).height == 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("families", [([], ["somerville"]), (["byron"], []), ([], [])])
def test_nor_does_it_where_a_byline_is_missing(method, families):
    assert choose(pairs(pair(method=method, titles=(TITLE, OTHER), families=families))).height == 0
    assert choose(pairs(pair(method=method, families=families))).height == 1


@pytest.mark.parametrize(
    ("method", "holds"), [("published_doi", True), ("arxiv_doi", True), ("location", True), ("title_byline", False)]
)
def test_another_byline_needs_an_identifier(method, holds):
    chosen = choose(pairs(pair(method=method, families=(["byron"], ["zhang"]))))
    assert chosen.height == holds


def test_floors_rise_as_the_evidence_gets_weaker():
    floors = [FLOORS[method] for method in METHODS]
    assert floors == sorted(floors)


def test_the_strongest_method_then_the_better_score_then_the_smaller_id():
    weak = pair(arxiv="a", method="location")
    strong = pair(arxiv="b", method="published_doi", titles=(TITLE, TITLE + " again"))
    assert choose(pairs(weak, strong))["arxiv_id"].to_list() == ["b"]
    worse = pair(arxiv="a", titles=(TITLE, TITLE + " again"))
    assert choose(pairs(worse, pair(arxiv="c")))["arxiv_id"].to_list() == ["c"]
    assert choose(pairs(pair(arxiv="c"), pair(arxiv="b")))["arxiv_id"].to_list() == ["b"]


def test_two_records_may_be_one_paper():
    chosen = choose(pairs(pair("W2", method="arxiv_doi"), pair("W1")))
    assert chosen.rows() == [("W1", "a", "published_doi", 1.0), ("W2", "a", "arxiv_doi", 1.0)]


@given(st.permutations([pair(f"W{n}", arxiv, method) for n in range(2) for arxiv in "ab" for method in METHODS]))
def test_the_order_of_the_pairs_changes_nothing(rows):
    assert choose(pairs(*rows)).rows() == [("W0", "a", "published_doi", 1.0), ("W1", "a", "published_doi", 1.0)]


@pytest.mark.parametrize(
    ("title", "key"),
    [("A Title: with $x^2$ stops!", "atitlewithx2stops"), ("Éclair  ÉCLAIR", "éclairéclair"), ("", ""), ("_ - _", "")],
)
def test_title_keys(title, key):
    assert title_key(title) == key
