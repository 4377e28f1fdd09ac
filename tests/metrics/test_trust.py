"""The trust score: every row of the worked table, the checked properties, exact decimal arithmetic."""

import random
from dataclasses import asdict, dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.metrics import COMPONENTS, MetricsInputError, trust_reason_batches, trust_reasons, trust_scores
from pipeline.metrics.schemas import EVIDENCE, TRUST_REASONS, TRUST_SCORES
from pipeline.metrics.trust import CLAIM_POINTS


@dataclass(frozen=True)
class Author:
    """One evidence row, named as EVIDENCE names its columns."""

    author_id: str = "A1"
    is_person: bool = True
    claim: str = "none"
    orcid_supporting: int = 0
    orcid_contradicting: int = 0
    affiliation_x: float = 0
    sources_x: float = 0
    citations_x: float = 0
    works_x: float = 0
    history_x: float = 0
    ties_x: float = 0
    conflicts: int = 0


def evidence(*authors: Author) -> pl.DataFrame:
    return pl.DataFrame([asdict(author) for author in authors], schema=dict(EVIDENCE))


def verdict(author: Author) -> tuple[int, str, str]:
    return (
        trust_scores(trust_reasons(evidence(author))).select("trust_score", "trust_tier", "verification_level").row(0)
    )


SEED = Author(works_x=1, ties_x=4)
PROFESSOR = Author(
    claim="orcid_authenticated", orcid_supporting=40, affiliation_x=120, sources_x=110, citations_x=125,
    works_x=145, history_x=25, ties_x=90,
)  # fmt: skip
MID_CAREER = Author(affiliation_x=20, sources_x=14, citations_x=18, works_x=26, history_x=9, ties_x=30)
MERGED = Author(
    orcid_supporting=9, orcid_contradicting=12, affiliation_x=120, sources_x=90, citations_x=150, works_x=144,
    history_x=22, ties_x=400, conflicts=3,
)  # fmt: skip
EARLY = Author(orcid_supporting=2, affiliation_x=1, sources_x=1, works_x=2, history_x=1, ties_x=6)
MILL = Author(works_x=500, ties_x=30)
DILUTED = 1000 * 10 / 2999
PHYSICIST = Author(
    orcid_supporting=300,
    affiliation_x=1000,
    sources_x=DILUTED,
    citations_x=DILUTED,
    works_x=DILUTED,
    history_x=15,
)

WORKED = {
    # claim, orcid, affiliation, sources, citations, works, history, ties, conflicts; sum; verdict
    "seed": (SEED, "0 0 0 0 0 6.00 0 5.00 0", "11.00", (11, "Unverified", "L1")),
    "professor": (PROFESSOR, "20 19.51 9.84 11.68 5.77 11.92 8.33 9.57 0", "96.62", (97, "Verified", "L5")),
    "mid-career": (MID_CAREER, "0 0 9.09 9.88 4.70 11.56 6.43 8.82 0", "50.48", (50, "Corroborated", "L2")),
    "mid-career with ORCID": (
        replace(MID_CAREER, orcid_supporting=3), "0 15.00 9.09 9.88 4.70 11.56 6.43 8.82 0", "65.48",
        (65, "Identified", "L3"),
    ),
    "suspicious merge": (
        MERGED, "0 0 9.84 11.61 5.81 11.92 8.15 9.90 -42.92", "14.31", (14, "Unverified", "L1"),
    ),
    "merge without its conflicts": (
        replace(MERGED, conflicts=0), "0 0 9.84 11.61 5.81 11.92 8.15 9.90 0", "57.23",
        (57, "Corroborated", "L2"),
    ),
    "early career": (EARLY, "0 13.33 3.33 3.00 0 8.00 1.67 6.00 0", "35.33", (35, "Corroborated", "L3")),
    "mill": (MILL, "0 0 0 0 0 11.98 0 8.82 0", "20.80", (21, "Unverified", "L1")),
    "physicist": (PHYSICIST, "0 19.93 9.98 6.32 2.40 9.23 7.50 0 0", "55.36", (55, "Corroborated", "L3")),
    "nobody": (Author(), "0 0 0 0 0 0 0 0 0", "0.00", (0, "Unverified", "L0")),
}  # fmt: skip


@pytest.mark.parametrize(("author", "points", "total", "expected"), WORKED.values(), ids=WORKED)
def test_worked_arithmetic(author: Author, points: str, total: str, expected: tuple[int, str, str]) -> None:
    reasons = trust_reasons(evidence(author))
    assert reasons["points"].to_list() == [Decimal(p) for p in points.split()]
    assert sum(reasons["points"].to_list()) == Decimal(total)
    assert verdict(author) == expected


@pytest.mark.parametrize(("ties", "score"), [(0, 6), (2, 9), (3, 10), (4, 11), (5, 12), (6, 12)])
def test_seed_is_eleven_only_for_four_ties(ties: int, score: int) -> None:
    assert verdict(replace(SEED, ties_x=ties))[0] == score


@pytest.mark.parametrize(
    ("author", "level"),
    [
        (Author(works_x=1, is_person=False, claim="approved", sources_x=3), "L0"),
        (Author(works_x=1, sources_x=1), "L2"),
        (Author(works_x=1, sources_x=1, conflicts=1), "L1"),
        (Author(works_x=2, orcid_supporting=1), "L1"),
        (Author(works_x=2, orcid_supporting=3, orcid_contradicting=1), "L3"),
        (Author(works_x=2, orcid_supporting=3, orcid_contradicting=2), "L1"),
        (Author(works_x=2, orcid_supporting=3, sources_x=1, conflicts=1), "L1"),
        (Author(works_x=1, claim="approved", conflicts=2), "L4"),
        (Author(works_x=1, claim="approved_email"), "L4"),
        (Author(works_x=1, claim="orcid_authenticated", conflicts=2), "L5"),
        (Author(works_x=1, claim="pending"), "L1"),
        (Author(works_x=1, claim="rejected"), "L1"),
    ],
)
def test_level_says_which_kind_of_evidence(author: Author, level: str) -> None:
    assert verdict(author)[2] == level


@pytest.mark.parametrize(("claim", "points"), CLAIM_POINTS.items())
def test_claim_counts_in_full_whatever_the_conflicts(claim: str, points: int) -> None:
    assert verdict(Author(claim=claim, conflicts=9))[0] == points


def test_no_group_has_points() -> None:
    reasons = trust_reasons(evidence(replace(PROFESSOR, is_person=False)))
    assert reasons["points"].to_list() == [Decimal(0)] * 9
    assert set(reasons["sentence"]) == {
        "This name stands for a group or a gap, not for a person, so nothing is counted."
    }


def test_not_loaded_is_told_from_none_and_lowers_the_ceiling() -> None:
    frame = evidence(SEED, replace(SEED, author_id="A2")).with_columns(
        affiliation_loaded=pl.Series([False, True]), citations_loaded=pl.lit(None, dtype=pl.Boolean)
    )
    reasons = trust_reasons(frame)
    rows = reasons.filter(pl.col("component") == "affiliation").select("status", "sentence", "x").rows()
    assert rows == [
        ("not_loaded", "No source that carries institutions was loaded.", 0.0),
        ("none", "No confirmed work names an institution for this person.", 0.0),
    ]
    assert trust_scores(reasons)["score_ceiling"].to_list() == [90, 100]
    assert trust_scores(reasons)["trust_score"].to_list() == [11, 11]


def test_reasons_carry_their_ids_and_constants() -> None:
    frame = evidence(SEED).with_columns(works_ids=pl.lit(["arxiv:2002.03532"]))
    reasons = trust_reasons(frame)
    ids = dict(reasons.select("component", "evidence_ids").rows())
    assert ids.pop("works") == ["arxiv:2002.03532"]
    assert all(value == [] for value in ids.values())
    assert reasons["component"].to_list() == [c.name for c in COMPONENTS]
    assert reasons["max"].to_list() == [20, 20, 10, 12, 6, 12, 10, 10, None]
    assert reasons["k"].to_list() == [None, 1, 2, 3, 5, 1, 5, 4, None]
    assert set(reasons["model_version"]) == {"trust-1"}
    assert sum(c.max or 0 for c in COMPONENTS) == 100


@pytest.mark.parametrize(
    ("author", "component", "sentence"),
    [
        (SEED, "claim", "Nobody has claimed this record."),
        (SEED, "orcid", "No work asserts an ORCID iD for this person."),
        (SEED, "works", "1 work lists this person as an author."),
        (SEED, "ties", "4 co-authors have an established tie with this person."),
        (SEED, "conflict_discount", "There is no open conflict about who this is."),
        (SEED, "history", "The works do not spread over time, or their dates are unknown."),
        (EARLY, "orcid", "2 works assert this person's ORCID iD."),
        (EARLY, "affiliation", "1 work confirmed by a second source names an institution for this person."),
        (EARLY, "sources", "A second, independent source confirms 1 work."),
        (EARLY, "history", "First and last work lie 1 year apart."),
        (MERGED, "orcid", "9 works assert this person's ORCID iD, but 12 assert another, so none counts."),
        (MERGED, "citations", "150 works are cited by confirmed works of other people."),
        (
            MERGED,
            "conflict_discount",
            "3 open conflicts about who this is leave only 1 part in 4 of the evidence.",
        ),
        (
            PHYSICIST,
            "works",
            "3.33 works list this person as an author, long bylines and unsure names counting in part.",
        ),
        (
            Author(citations_x=0.997),
            "citations",
            "1 work is cited by confirmed works of other people, long bylines and unsure names counting in part.",
        ),
        (Author(history_x=0.002), "history", "First and last work lie less than 0.01 years apart."),
    ],
)
def test_sentences_are_plain_english(author: Author, component: str, sentence: str) -> None:
    reasons = trust_reasons(evidence(author))
    assert reasons.filter(pl.col("component") == component)["sentence"].item() == sentence


# ------------------------------------------------------------------------------------------ properties

amounts = st.one_of(st.just(0.0), st.floats(0, 3), st.floats(0, 500), st.floats(0, 1e12))
counts = st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 10**6))
authors = st.builds(
    Author,
    claim=st.sampled_from(list(CLAIM_POINTS)),
    orcid_supporting=counts,
    orcid_contradicting=st.sampled_from([0, 0, 1, 7]),
    affiliation_x=amounts,
    sources_x=amounts,
    citations_x=amounts,
    works_x=amounts,
    history_x=amounts,
    ties_x=amounts,
    conflicts=st.sampled_from([0, 0, 0, 1, 2, 5, 14, 1000]),
)
MORE = [c for c in EVIDENCE if c.endswith("_x")] + ["orcid_supporting"]


@given(authors, st.sampled_from(MORE), st.integers(0, 100))
@settings(deadline=None)
def test_bounded_and_monotone(author: Author, column: str, more: int) -> None:
    changed = [
        replace(author, author_id="B", **{column: getattr(author, column) + more}),
        replace(author, author_id="C", conflicts=author.conflicts + 1),
        replace(author, author_id="D", claim="orcid_authenticated"),
        replace(author, author_id="E", orcid_contradicting=author.orcid_contradicting + 1),
    ]
    score, with_more, with_conflict, with_claim, contradicted = trust_scores(trust_reasons(evidence(author, *changed)))[
        "trust_score"
    ]
    assert 0 <= score <= 100
    assert with_conflict <= score <= with_more
    assert contradicted <= score <= with_claim


@given(authors)
@settings(deadline=None)
def test_each_tier_boundary_is_a_cap(author: Author) -> None:
    unclaimed = replace(author, author_id="B", claim="none", orcid_supporting=0)
    own = replace(unclaimed, author_id="C", affiliation_x=0, sources_x=0, citations_x=0)
    scores = trust_scores(trust_reasons(evidence(author, unclaimed, own)))
    score, without_identity, self_made = scores["trust_score"]
    assert self_made <= 32
    assert scores["trust_tier"][2] == "Unverified"
    assert without_identity <= 60
    if score > 80:
        assert author.orcid_supporting > 0
        assert CLAIM_POINTS[author.claim] > 0


def test_caps_are_reached() -> None:
    huge = Author(works_x=1e9, history_x=1e9, ties_x=1e9)
    assert verdict(huge) == (32, "Unverified", "L1")
    outside = replace(huge, affiliation_x=1e9, sources_x=1e9, citations_x=1e9)
    assert verdict(outside) == (60, "Corroborated", "L2")
    assert verdict(replace(outside, orcid_supporting=10**9)) == (80, "Identified", "L3")
    assert verdict(replace(outside, orcid_supporting=10**9, claim="orcid_authenticated"))[:2] == (
        100,
        "Verified",
    )


# --------------------------------------------------------------------------- decimal arithmetic, apart

SHAPE = {"orcid": (20, 1), "affiliation": (10, 2), "sources": (12, 3), "citations": (6, 5), "works": (12, 1),
         "history": (10, 5), "ties": (10, 4)}  # fmt: skip


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def by_decimal(row: dict[str, object]) -> tuple[list[Decimal], int]:
    """Points per component and score of one evidence row, by the definition, in decimal arithmetic."""
    net = max(0, int(str(row["orcid_supporting"])) - int(str(row["orcid_contradicting"])))
    claim = cents(Decimal(CLAIM_POINTS[str(row["claim"])]))
    points = []
    for name, (maximum, k) in SHAPE.items():
        x = Decimal(net) if name == "orcid" else Decimal(repr(row[f"{name}_x"]))
        points.append(cents(maximum * x / (x + k)))
    evidence_points = sum(points, Decimal(0))
    discount = cents(evidence_points / (1 + int(str(row["conflicts"])))) - evidence_points
    every = [claim, *points, discount]
    return every, int(sum(every, Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP))


def test_equals_decimal_arithmetic_on_twenty_thousand_rows() -> None:
    rng = random.Random(11)
    # Amounts with few decimals and whole numbers meet exact halves of a cent, where rounding may err.
    draw = [lambda: 0.0, lambda: float(rng.randrange(1000)), lambda: rng.randrange(100_000) / 1000,
            lambda: round(rng.random() * 500, 9), lambda: round(rng.random() * 3, 9)]  # fmt: skip
    frame = evidence(*(
        Author(
            author_id=f"A{i:05d}",
            claim=rng.choice(list(CLAIM_POINTS)),
            orcid_supporting=rng.choice([0, rng.randrange(50)]),
            orcid_contradicting=rng.choice([0, 0, 2]),
            conflicts=rng.choice([0, 0, 1, 2, 5, 13]),
            **{column: rng.choice(draw)() for column in EVIDENCE if column.endswith("_x")},
        )
        for i in range(20_000)
    ))  # fmt: skip
    reasons = trust_reasons(frame)
    expected = [by_decimal(row) for row in frame.iter_rows(named=True)]
    assert reasons["points"].to_list() == [point for points, _ in expected for point in points]
    assert trust_scores(reasons)["trust_score"].to_list() == [score for _, score in expected]


def test_exact_halves_of_a_cent_go_up() -> None:
    halves = evidence(Author("A1", affiliation_x=18.0, sources_x=77.0, works_x=159.0, ties_x=36.0, conflicts=1))
    row = by_decimal(halves.row(0, named=True))
    assert trust_reasons(halves)["points"].to_list() == row[0]
    # 12 * 159 / 160 = 11.925; a binary float of it lies below the half.
    assert row[0][5] == Decimal("11.93")


# ---------------------------------------------------------------------------------------------- frames


def test_row_order_and_batches_change_nothing() -> None:
    authors_frame = evidence(*(replace(EARLY, author_id=f"A{i:03d}", works_x=float(i)) for i in range(50)))
    reasons = trust_reasons(authors_frame)
    assert_frame_equal(trust_reasons(authors_frame.sample(fraction=1, shuffle=True, seed=1)), reasons)
    assert_frame_equal(pl.concat(trust_reason_batches(authors_frame, chunk_authors=7)), reasons)
    assert_frame_equal(trust_scores(reasons.sample(fraction=1, shuffle=True, seed=2)), trust_scores(reasons))


def test_empty_in_empty_out() -> None:
    reasons = trust_reasons(pl.DataFrame(schema=dict(EVIDENCE)))
    assert (reasons.height, dict(reasons.schema)) == (0, TRUST_REASONS)
    scores = trust_scores(reasons)
    assert (scores.height, dict(scores.schema)) == (0, TRUST_SCORES)
    full = trust_reasons(evidence(SEED))
    assert dict(full.schema) == TRUST_REASONS
    assert dict(trust_scores(full).schema) == TRUST_SCORES


def test_nulls_count_as_nothing() -> None:
    nothing = pl.DataFrame({c: ["A1"] if c == "author_id" else [None] for c in EVIDENCE}, schema=dict(EVIDENCE))
    assert trust_scores(trust_reasons(nothing)).select("trust_score", "verification_level").row(0) == (
        0,
        "L0",
    )


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (evidence(SEED).drop("ties_x"), "evidence has no column ties_x"),
        (evidence(SEED, SEED), "evidence has A1 twice"),
        (evidence(Author(claim="yes")), "claim status 'yes'"),
        (evidence(Author(works_x=-1)), "works_x -1.0"),
        (evidence(Author(works_x=float("inf"))), "works_x inf"),
        (evidence(Author(history_x=float("nan"))), "history_x nan"),
        (evidence(SEED).with_columns(ties_loaded=False), "A1 ties though ties_loaded is false"),
    ],
    ids=["column", "twice", "claim", "negative", "infinite", "nan", "loaded"],
)
def test_bad_evidence_is_named_in_one_sentence(frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(MetricsInputError, match=message):
        trust_reasons(frame)


def test_reasons_with_a_component_missing_make_no_score() -> None:
    with pytest.raises(MetricsInputError, match="8 rows for A1"):
        trust_scores(trust_reasons(evidence(SEED)).filter(pl.col("component") != "ties"))
