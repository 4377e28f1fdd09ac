"""Values as a reader sees them: links that may be followed, licences, citations, dates."""

from datetime import UTC, datetime

import pytest

from pipeline.pages import Neighbours, file_name
from pipeline.pages.links import arxiv_url, doi_url, web_link
from pipeline.pages.views import archive, chunks, citation, dateline, evidence, subjects, topics, years
from pipeline.pages.words import amount, counted, kilobytes, language, licence, moment_utc, points

from .conftest import paper_row


@pytest.mark.parametrize("url", ["https://example.org/a?b=c#d", "http://example.org"])
def test_an_address_of_the_web_is_a_link(url):
    assert web_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/a",
        "https:",
        "http://[broken",
        "CC-BY",
        "",
    ],
)
def test_anything_else_is_none(url):
    assert web_link(url) is None


@pytest.mark.parametrize(
    ("kind", "id_", "name"),
    [
        ("paper", "arxiv:2001.00001", "paper-arxiv_2001.00001.html"),
        ("paper", "arxiv:math/0309136", "paper-arxiv_math_0309136.html"),
        ("paper", "openalex:W1", "paper-openalex_W1.html"),
        ("author", "AAAAAAAAAAAA2", "author-AAAAAAAAAAAA2.html"),
        ("paper", "../../etc/passwd", "paper-.._.._etc_passwd.html"),
    ],
)
def test_file_name_of_a_page_stays_in_its_folder(kind, id_, name):
    assert file_name(kind, id_) == name


def test_a_page_beside_is_linked_and_a_paper_elsewhere_to_its_source():
    beside = Neighbours(authors={"A1"}, papers={"arxiv:2001.00001"})
    assert beside.author("A1") == "author-A1.html"
    assert beside.author("A2") is None
    assert beside.author(None) is None
    assert beside.paper("arxiv:2001.00001") == "paper-arxiv_2001.00001.html"
    assert beside.paper("arxiv:math/0309136") == "https://arxiv.org/abs/math/0309136"
    assert beside.paper("openalex:W1") == "https://openalex.org/W1"


def test_ids_in_addresses_are_quoted():
    assert arxiv_url("math/0309136", 2) == "https://arxiv.org/abs/math/0309136v2"
    assert doi_url('10.1000/a"b?c#d') == "https://doi.org/10.1000/a%22b%3Fc%23d"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/", "CC BY-NC-SA 3.0"),
        ("cc-by-nc-nd", "CC BY-NC-ND"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "arXiv.org perpetual, non-exclusive licence 1.0"),
        ("publisher-specific", "publisher-specific"),
    ],
)
def test_licence_by_its_usual_name(given, shown):
    assert licence(given) == shown


@pytest.mark.parametrize(("number", "words"), [(0, "0\xa0works"), (1, "1\xa0work"), (1204, "1,204\xa0works")])
def test_a_count_agrees_with_its_noun(number, words):
    assert counted(number, "work", "works") == words


def test_numbers_and_dates_as_a_reader_writes_them():
    assert points(-12.5) == "\N{MINUS SIGN}12.50"
    assert points(-0.0) == "0.00"
    assert kilobytes(10) == "1\xa0KB"
    assert moment_utc(datetime(2020, 2, 10, 20, 10, 16, tzinfo=UTC)) == "Mon, 10 Feb 2020 20:10:16 UTC"
    assert years(2020, 2020) == "2020"
    assert years(2020, 2023) == "2020\N{EN DASH}2023"
    assert years(None, None) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (4.0, "4"), (3.814, "3.81"), (0.5, "0.5"), (0.001, "less than 0.01"), (1e4, "10,000")],
)
def test_an_amount_of_evidence(value, words):
    assert amount(value) == words


def test_a_language_by_its_name_or_its_code():
    assert [language(code) for code in ("fr", "zh-Hans", "xyz")] == ["French", "Chinese (zh-Hans)", "xyz"]


def test_a_list_is_cut_into_pages_of_twenty():
    assert [(one.first, one.last, len(one.rows)) for one in chunks(range(45))] == [
        (1, 20, 20),
        (21, 40, 20),
        (41, 45, 5),
    ]
    assert chunks([]) == []


def test_abstract_page_as_arxiv_words_it():
    paper = paper_row()
    assert archive(paper) == "Computer Science > Machine Learning"
    assert dateline(paper) == "Submitted on 31 Jan 2020 (v1), last revised 28 Feb 2021 (this version, v2)"
    assert subjects(paper) == ["Machine Learning (cs.LG)", "Machine Learning (stat.ML)"]
    assert topics(paper) == ["Machine Learning", "Counting"]
    assert dateline(paper_row(versions=paper["versions"][:1])) == "Submitted on 31 Jan 2020 (v1)"
    assert dateline(paper_row(versions=[])) is None
    assert archive(paper_row(primary_category=None)) is None
    assert archive(paper_row(primary_category="hep-ph")) == "Physics > High Energy Physics - Phenomenology"


def test_how_to_cite():
    assert citation(paper_row()) == (
        "A. Nowak, Bo Person1, and others (2020). On the number 1. J. Numbers 1 (2021)."
        " arXiv:2001.00001 [cs.LG]. https://doi.org/10.1000/xyz<1>"
    )
    names = [{"author_id": None, "name": f"N{n}", "position": n} for n in range(1, 13)]
    assert citation(paper_row(authors=names)).startswith("N1, N2, N3, N4, N5, N6, N7, N8, N9, N10 and 2 others (2020)")
    bare = paper_row(authors=[], publication_year=None, journal_ref=None, arxiv_id=None, doi=None)
    assert citation(bare) == "On the number 1."


@pytest.mark.parametrize(
    ("component", "x", "ids", "words"),
    [
        ("ties", 14.0, 10, "The first 10\u00a0pieces of evidence"),
        ("ties", 10.0, 10, "10\u00a0pieces of evidence"),
        ("works", 0.4, 1, "1\u00a0piece of evidence"),
        ("history", 11.2, 2, "2\u00a0pieces of evidence"),
    ],
)
def test_evidence_that_is_cut_says_so(component, x, ids, words):
    assert evidence({"component": component, "x": x, "evidence_ids": ["A"] * ids}) == words
