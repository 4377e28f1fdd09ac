"""From mentions, works and citations to the x of every component."""

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.metrics import (
    MetricsInputError,
    collaborators,
    evidence,
    open_conflicts,
    trust_reasons,
    trust_scores,
)
from pipeline.metrics.schemas import (
    BYLINES,
    CITATIONS,
    CLAIMS,
    EVIDENCE,
    EVIDENCE_DETAILS,
    MENTIONS,
    OPEN_CONFLICTS,
    TIES,
    WORKS,
)

NO_CONFLICTS = pl.DataFrame(schema=dict(OPEN_CONFLICTS))
ONE = "0000-0002-1825-0097"


def mentions(*rows: tuple[str, str, float, bool | None], orcid: str | None = None) -> pl.DataFrame:
    """Rows of (work_id, author_id, probability, has_ror_institution)."""
    return pl.DataFrame(
        [(f"{work}#{i}", work, author, p, "Ann", orcid, ror, None) for i, (work, author, p, ror) in enumerate(rows, 1)],
        schema=dict(MENTIONS),
        orient="row",
    )


def works(*rows: tuple[str, int, date | None, bool | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(WORKS), orient="row")


def only(frame: pl.DataFrame, author: str, *columns: str) -> tuple[object, ...]:
    return frame.filter(pl.col("author_id") == author).select(columns).row(0)


DAY = date(2020, 1, 1)


def test_seed_counts_one_work_four_ties_and_no_history() -> None:
    names = ["Tang", "Shivanna", "Zhao", "Lin", "Singh", "Chi", "Jain"]
    rows = [("arxiv:2002.03532", place, name, name, 1.0, 2020) for place, name in enumerate(names, 1)]
    ties = collaborators(pl.DataFrame(rows, schema=dict(BYLINES), orient="row"))
    printed = mentions(*(("arxiv:2002.03532", name, 1.0, None) for name in names))
    frame = evidence(
        printed,
        works(("arxiv:2002.03532", 7, date(2020, 2, 10), False)),
        open_conflicts(printed),
        ties=ties,
        not_loaded=["affiliation", "sources", "orcid"],
    )
    assert only(frame, "Singh", "works_x", "history_x", "ties_x", "conflicts") == (1.0, 0.0, 4.0, 0)
    scores = trust_scores(trust_reasons(frame))
    assert only(scores, "Singh", "trust_score", "trust_tier", "verification_level") == (
        11,
        "Unverified",
        "L1",
    )
    # Not loaded: claims 20, ORCID iDs 20, institutions 10, second sources 12, references 6.
    assert only(scores, "Singh", "score_ceiling") == (32,)


def test_works_and_sources_weigh_dilution_times_probability() -> None:
    frame = evidence(
        mentions(("w1", "A", 1.0, None), ("w2", "A", 0.5, None), ("w3", "A", 0.5, None)),
        works(("w1", 11, DAY, True), ("w2", 21, DAY, True), ("w3", 3, DAY, None)),
        NO_CONFLICTS,
    )
    assert only(frame, "A", "works_x", "sources_x") == (1.75, 1.25)
    assert frame["works_ids"].item().to_list() == ["w1", "w2", "w3"]
    assert frame["sources_ids"].item().to_list() == ["w1", "w2"]


def test_a_work_counts_once_for_an_author_who_stands_on_it_twice() -> None:
    frame = evidence(
        mentions(("w1", "A", 0.25, None), ("w1", "A", 1.0, True)), works(("w1", 2, DAY, True)), NO_CONFLICTS
    )
    assert only(frame, "A", "works_x", "affiliation_x") == (1.0, 1.0)


def test_affiliation_needs_a_confirmed_work_and_an_institution_of_this_author() -> None:
    frame = evidence(
        mentions(("w1", "A", 0.1, True), ("w2", "A", 1.0, True), ("w3", "A", 1.0, False), ("w3", "B", 1.0, True)),
        works(("w1", 5000, DAY, True), ("w2", 2, DAY, False), ("w3", 2, DAY, True)),
        NO_CONFLICTS,
    )
    assert only(frame, "A", "affiliation_x", "affiliation_ids") == (1.0, ["w1"])
    assert only(frame, "B", "affiliation_x") == (1.0,)


def test_citations_count_cited_works_once_and_not_from_shared_authors() -> None:
    frame = evidence(
        mentions(
            ("cited", "A", 1.0, None),
            ("cited", "B", 0.5, None),
            ("only self", "A", 1.0, None),
            ("mine", "A", 1.0, None),
            ("by B", "B", 1.0, None),
            ("other", "C", 1.0, None),
            ("another", "C", 1.0, None),
            ("unconfirmed", "C", 1.0, None),
            ("cited by unconfirmed", "A", 1.0, None),
        ),
        works(
            *((work, 2, DAY, True) for work in ("cited", "only self", "mine", "by B", "other", "another", "nameless")),
            ("unconfirmed", 1, DAY, False),
            ("cited by unconfirmed", 1, DAY, False),
        ),
        NO_CONFLICTS,
        citations=pl.DataFrame(
            [
                ("other", "cited"),
                ("other", "cited"),
                ("another", "cited"),
                ("mine", "cited"),
                ("mine", "only self"),
                ("only self", "only self"),
                ("nameless", "only self"),
                ("not a work", "only self"),
                ("other", "not a work"),
                ("unconfirmed", "cited by unconfirmed"),
            ],
            schema=dict(CITATIONS),
            orient="row",
        ),
    )
    assert only(frame, "A", "citations_x", "citations_ids") == (1.0, ["cited"])
    assert only(frame, "B", "citations_x") == (0.5,)
    assert only(frame, "C", "citations_x") == (0.0,)


def test_a_co_author_of_the_cited_work_is_no_independent_witness() -> None:
    frame = evidence(
        mentions(("cited", "A", 1.0, None), ("cited", "B", 1.0, None), ("by B", "B", 1.0, None)),
        works(("cited", 2, DAY, True), ("by B", 1, DAY, True)),
        NO_CONFLICTS,
        citations=pl.DataFrame([("by B", "cited")], schema=dict(CITATIONS), orient="row"),
    )
    assert frame["citations_x"].to_list() == [0.0, 0.0]


def test_history_is_in_years_of_days_over_likely_dated_works() -> None:
    frame = evidence(
        mentions(
            ("w1", "A", 0.5, None), ("w2", "A", 1.0, None), ("w3", "A", 0.49, None), ("w4", "A", 1.0, None),
            ("w1", "B", 1.0, None), ("w4", "C", 1.0, None),
        ),
        works(
            ("w1", 2, date(2001, 1, 1), None), ("w2", 1, date(2009, 1, 1), None),
            ("w3", 1, date(1990, 1, 1), None),
            ("w4", 2, None, None),
        ),
        NO_CONFLICTS,
    )  # fmt: skip
    assert only(frame, "A", "history_x", "history_ids") == (pytest.approx(8.0), ["w1", "w2"])
    assert only(frame, "B", "history_x", "history_ids") == (0.0, [])
    assert only(frame, "C", "history_x") == (0.0,)


def test_orcid_ties_conflicts_and_claims_are_joined_in() -> None:
    conflicts = pl.DataFrame(
        [("A", "two_on_one_byline", "w1", "d", ["w1#1"]), ("A", "further_orcid", "o", "d", [])],
        schema=dict(OPEN_CONFLICTS),
        orient="row",
    )
    ties = pl.DataFrame([("A", "C", True), ("A", "B", True), ("A", "D", False)], schema=dict(TIES), orient="row")
    claims = pl.DataFrame([("A", "approved", ["claim-1"])], schema=dict(CLAIMS), orient="row")
    frame = evidence(
        mentions(("w1", "A", 1.0, None), ("w2", "B", 1.0, None), orcid=ONE),
        works(("w1", 1, DAY, None), ("w2", 1, DAY, None)),
        conflicts,
        ties=ties,
        claims=claims,
        non_persons=["B"],
    )
    assert only(frame, "A", "orcid_supporting", "orcid_contradicting", "orcid_ids") == (1, 0, ["w1"])
    assert only(frame, "A", "ties_x", "ties_ids") == (2.0, ["B", "C"])
    assert only(frame, "A", "conflicts", "conflict_discount_ids") == (
        2,
        ["further_orcid:o", "two_on_one_byline:w1"],
    )
    assert only(frame, "A", "claim", "claim_ids", "is_person") == ("approved", ["claim-1"], True)
    assert only(frame, "B", "claim", "ties_x", "conflicts", "is_person") == ("none", 0.0, 0, False)
    assert only(frame, "A", "ties_loaded", "claim_loaded", "citations_loaded") == (True, True, False)


def test_row_order_changes_nothing() -> None:
    names = mentions(*((f"w{i % 17}", f"A{i % 5}", 1 / (1 + i % 7), i % 2 == 0) for i in range(200)))
    papers = works(*((f"w{i}", 3 + 11 * i, date(2000 + i, 1 + i % 12, 1), i % 3 == 0) for i in range(17)))
    cited = pl.DataFrame([(f"w{i}", f"w{(i * 7) % 17}") for i in range(17)], schema=dict(CITATIONS), orient="row")
    expected = evidence(names, papers, NO_CONFLICTS, citations=cited)
    for seed in range(5):
        frame = evidence(
            names.sample(fraction=1, shuffle=True, seed=seed).lazy(),
            papers.sample(fraction=1, shuffle=True, seed=seed).lazy(),
            NO_CONFLICTS,
            citations=cited.sample(fraction=1, shuffle=True, seed=seed),
        )
        assert_frame_equal(frame, expected, check_exact=True)


def test_empty_in_empty_out() -> None:
    frame = evidence(
        pl.DataFrame(schema=dict(MENTIONS)),
        pl.DataFrame(schema=dict(WORKS)),
        NO_CONFLICTS,
        citations=pl.DataFrame(schema=dict(CITATIONS)),
        ties=pl.DataFrame(schema=dict(TIES)),
        claims=pl.DataFrame(schema=dict(CLAIMS)),
    )
    assert (frame.height, dict(frame.schema)) == (0, {**EVIDENCE, **EVIDENCE_DETAILS})


@pytest.mark.parametrize(
    ("papers", "not_loaded", "message"),
    [
        (works(("w2", 1, DAY, None)), [], "mentions has a name on w1, for which works has no row"),
        (works(("w1", 0, DAY, None)), [], "mentions has a name on w1, for which works has no row"),
        (works(("w1", 1, DAY, None), ("w1", 1, DAY, None)), [], "works has w1 twice"),
        (works(("w1", 1, DAY, None)), ["affiliations"], "not_loaded names 'affiliations'"),
    ],
    ids=["lost", "empty byline", "twice", "component"],
)
def test_bad_input_is_named_in_one_sentence(papers: pl.DataFrame, not_loaded: list[str], message: str) -> None:
    with pytest.raises(MetricsInputError, match=message):
        evidence(mentions(("w1", "A", 1.0, None)), papers, NO_CONFLICTS, not_loaded=not_loaded)
