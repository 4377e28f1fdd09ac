"""The arXiv search language: grammar, errors, meaning."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.replica.papers import Papers
from pipeline.replica.query import And, AndNot, Or, QuerySyntaxError, Submitted, Term, parse
from pipeline.replica.search import matching, ordered

from .replica_records import snapshot_line, write

YEAR = "submittedDate:[202001010000 TO 202012312359]"


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        pytest.param("ti:loom", Term("ti", "loom"), id="field"),
        pytest.param("loom", Term("all", "loom"), id="no field means all"),
        pytest.param('au:"Ada Byron"', Term("au", "Ada Byron"), id="phrase"),
        pytest.param("a AND b", And((Term("all", "a"), Term("all", "b"))), id="and"),
        pytest.param("a b", Or((Term("all", "a"), Term("all", "b"))), id="side by side means or"),
        pytest.param(
            "a OR b AND c",
            Or((Term("all", "a"), And((Term("all", "b"), Term("all", "c"))))),
            id="and binds closer",
        ),
        pytest.param("a ANDNOT b", AndNot(Term("all", "a"), Term("all", "b")), id="andnot"),
        pytest.param(
            "(a OR b) AND ti:c",
            And((Or((Term("all", "a"), Term("all", "b"))), Term("ti", "c"))),
            id="parentheses",
        ),
        pytest.param("ti:(a AND b)", And((Term("ti", "a"), Term("ti", "b"))), id="field of a group"),
        pytest.param("ANDROID", Term("all", "ANDROID"), id="a word that begins like an operator"),
        pytest.param("cat:cs.*", Term("cat", "cs.*"), id="wildcard"),
    ],
)
def test_grammar(query: str, tree: object) -> None:
    assert parse(query) == tree


def test_a_date_range_includes_its_last_minute() -> None:
    tree = parse("submittedDate:[202002100930 TO 202002100931]")
    assert isinstance(tree, Submitted)
    assert tree.first == datetime(2020, 2, 10, 9, 30, tzinfo=UTC)
    assert tree.last == datetime(2020, 2, 10, 9, 31, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "ti:",
        "(a",
        "a)",
        "a AND",
        "AND a",
        "a OR OR b",
        '"open',
        "xx:a",
        "submittedDate:2007",
        "submittedDate:[2007 TO 2008]",
        "submittedDate:[202013010000 TO 202101010000]",
        "submittedDate:[20200101* TO 202101010000]",
        "ti:[202001010000 TO 202101010000]",
        "(" * 5000,
        "a " * 5000,
    ],
)
def test_what_is_no_query_is_refused(query: str) -> None:
    with pytest.raises(QuerySyntaxError):
        parse(query)


@given(st.text(alphabet='ab:()"[]*? ANDORTO09', max_size=60))
def test_any_text_is_a_query_or_a_syntax_error(text: str) -> None:
    try:
        tree = parse(text)
    except QuerySyntaxError:
        return
    assert isinstance(tree, Term | Submitted | And | Or | AndNot)


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    lines = [
        snapshot_line("2002.00001", title="Looms of Ada", categories="cs.LG stat.ML", comments="12 pages"),
        snapshot_line(
            "2002.00002",
            title="Ada, again",
            categories="math.CO",
            abstract="On looms and Erd\\H{o}s numbers",
            versions=[
                {"version": "v1", "created": "Tue, 11 Feb 2020 00:00:30 GMT"},
                {"version": "v2", "created": "Fri, 5 Mar 2021 10:00:00 GMT"},
            ],
        ),
        snapshot_line(
            "hep-th/9901001",
            title="Strings",
            categories="hep-th",
            abstract="Branes.",
            versions=[{"version": "v1", "created": "Fri, 1 Jan 1999 00:00:00 GMT"}],
            authors_parsed=[["Müller-Lüdenscheidt", "Jürgen", ""], ["de la Cruz", "M.", "III"]],
            **{"journal-ref": "Nucl.Phys. B1 (1999)", "report-no": "CERN-TH-99-1"},
        ),
    ]
    return Papers(write(tmp_path, "arxiv.jsonl", lines))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("ti:loom*", ["2002.00001"]),
        ("all:looms", ["2002.00001", "2002.00002"]),
        ("LOOMS AND again", ["2002.00002"]),
        ("all:looms ANDNOT ti:again", ["2002.00001"]),
        ("cat:cs.*", ["2002.00001"]),
        ("cat:CS.LG", ["2002.00001"]),
        ("cat:cs", []),
        ("cat:hep-th OR cat:math.CO", ["2002.00002", "hep-th/9901001"]),
        ("au:muller_ludenscheidt_j", ["hep-th/9901001"]),
        ("au:Cruz_M", ["hep-th/9901001"]),
        ('au:"Ada Byron"', ["2002.00002", "2002.00001"]),
        ("au:Ada_Zhang", []),
        ("jr:Nucl.Phys.", ["hep-th/9901001"]),
        ('rn:"CERN-TH-99-1"', ["hep-th/9901001"]),
        ('co:"12 pages"', ["2002.00001"]),
        ("id:2002.00001", ["2002.00001"]),
        (YEAR, ["2002.00002", "2002.00001"]),
        ("submittedDate:[202002110000 TO 202002110000]", ["2002.00002"]),
        (f"{YEAR} AND (cat:cs.LG OR cat:hep-th)", ["2002.00001"]),
        ("lastUpdatedDate:[202101010000 TO 202112312359]", []),
        ('abs:"Erdős numbers"', ["2002.00002"]),
    ],
)
def test_meaning(papers: Papers, query: str, ids: list[str]) -> None:
    assert [paper.arxiv_id for paper in matching(papers, parse(query))] == ids


def test_indexes_narrow_without_changing_the_answer(papers: Papers) -> None:
    everything = list(papers.by_submission)
    for query in (
        YEAR,
        "cat:cs.*",
        f"cat:math.CO AND {YEAR}",
        f"looms AND {YEAR}",
        "cat:cs.LG OR ti:strings",
    ):
        tree = parse(query)
        assert matching(papers, tree) == matching(papers, tree, among=everything)


def test_sorting(papers: Papers) -> None:
    found = matching(papers, parse("cat:*"))
    assert [p.arxiv_id for p in ordered(found, "submittedDate", "ascending")] == [
        "hep-th/9901001",
        "2002.00001",
        "2002.00002",
    ]
    assert ordered(found, "lastUpdatedDate", "descending")[0].arxiv_id == "2002.00002"
    assert ordered(found, "relevance", "ascending") == found[::-1]
