"""Open conflicts: each kind, what settles it, and that row order does not matter."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.metrics import MetricsInputError, open_conflicts
from pipeline.metrics.schemas import (
    APPROVED_CLAIMS,
    MENTIONS,
    OPEN_CONFLICTS,
    SAME_PERSON,
    UNMET_CORRECTIONS,
)

ONE, TWO, TEN = "0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"


def mentions(*rows: tuple[str, str | None, str | None], author: str = "A", start: int = 1) -> pl.DataFrame:
    """Rows of (work_id, given, orcid), one mention each; mention ids number the names."""
    return pl.DataFrame(
        [
            (f"{work}#{i}", work, author, 1.0, given, orcid, None, None)
            for i, (work, given, orcid) in enumerate(rows, start)
        ],
        schema=dict(MENTIONS),
        orient="row",
    )


def found(frame: pl.DataFrame) -> list[tuple[str, str, str]]:
    return frame.select("author_id", "conflict", "subject").rows()


def named(*given: tuple[str, int], orcid: str | None = None) -> pl.DataFrame:
    """An author whose given names stand on so many works each."""
    rows = [(f"w{k}{i}", name, orcid) for k, (name, works) in enumerate(given) for i in range(works)]
    return mentions(*rows)


def test_a_further_orcid_on_two_works_is_a_conflict() -> None:
    frame = open_conflicts(
        mentions(("w1", "Ann", ONE), ("w2", "Ann", ONE), ("w3", "Ann", ONE), ("w4", "Ann", TWO), ("w5", "Ann", TWO))
    )
    assert found(frame) == [("A", "further_orcid", TWO)]
    assert frame["evidence_ids"].item().to_list() == ["w4#4", "w5#5"]
    assert frame["detail"].item() == f"2 works assert the ORCID iD {TWO}, others {ONE}."


def test_works_of_another_orcid_than_the_one_signed_in_with_are_the_conflict() -> None:
    rows = mentions(*((f"w{n}", "Ann", ONE) for n in range(3)), *((f"x{n}", "Ann", TWO) for n in range(2)))
    signed_in = pl.DataFrame({"author_id": ["A"], "orcid": [TWO]})
    assert found(open_conflicts(rows)) == [("A", "further_orcid", TWO)]
    assert found(open_conflicts(rows, signed_in=signed_in)) == [("A", "further_orcid", ONE)]


def test_a_further_orcid_on_one_work_is_a_slip() -> None:
    assert found(open_conflicts(mentions(("w1", "Ann", ONE), ("w2", "Ann", ONE), ("w3", "Ann", TWO)))) == []


def test_three_orcids_and_two_given_names_are_three_conflicts() -> None:
    rows = [(f"w{i}", "Wei", ONE) for i in range(9)]
    rows += [(f"x{i}", "Wei", TWO) for i in range(7)]
    rows += [(f"y{i}", "Bo", TEN) for i in range(5)]
    assert [conflict for _, conflict, _ in found(open_conflicts(mentions(*rows)))] == [
        "further_given_name",
        "further_orcid",
        "further_orcid",
    ]


@pytest.mark.parametrize(
    ("leading", "further", "subjects"),
    [
        ("Anna", "Maria", ["maria"]),
        ("Anna", "A.", []),
        ("Anna", "Anna M.", []),
        ("José", "Jose", []),
        ("Jean-Pierre", "Jean", []),
        ("Xiao-Ming", "Xiaoming", []),
        ("Weiming", "Wei", []),
        ("Edward", "Ed", []),
        ("Robert", "Bob", []),
        ("J. Robert", "Robert", []),
        ("Wei", "Xin", ["xin"]),
        ("John Adam", "John Peter", ["john peter"]),
        ("Wei", None, []),
    ],
)
def test_further_given_names(leading: str, further: str | None, subjects: list[str]) -> None:
    rows = [
        ("w1", leading, None),
        ("w2", leading, None),
        ("w3", leading, None),
        ("w4", further, None),
        ("w5", further, None),
    ]
    assert found(open_conflicts(mentions(*rows))) == [("A", "further_given_name", subject) for subject in subjects]


def test_a_further_given_name_on_one_work_is_a_slip() -> None:
    assert found(open_conflicts(named(("Anna", 3), ("Maria", 1)))) == []


def test_forms_of_one_further_name_are_one_conflict_and_two_names_are_two() -> None:
    frame = open_conflicts(named(("Anna", 5), ("Robert", 3), ("Bob", 2), ("Wei", 2)))
    assert found(frame) == [("A", "further_given_name", "robert"), ("A", "further_given_name", "wei")]
    assert frame["detail"][0] == "3 works print the given name Robert, others Anna."


@pytest.mark.parametrize(
    ("names", "subjects"),
    [
        ([("Weiming", "Li", 3), ("Li", "Weiming", 2)], []),
        ([("Li", "He-Ting", 3), ("Heting", "Li", 2)], []),
        ([("Heting", "Li", 3), ("Li", "H. T.", 2)], []),
        ([("Weiming", "Li", 3), ("Li", "Gang", 2)], ["li"]),
        ([("Weiming", "Li", 3), ("Gang", "Weiming", 2)], ["gang"]),
        ([("Weiming", "Li", 3), ("Li", None, 2)], ["li"]),
    ],
)
def test_a_name_printed_the_other_way_round_is_no_further_name(
    names: list[tuple[str, str | None, int]], subjects: list[str]
) -> None:
    families = [family for _, family, works in names for _ in range(works)]
    frame = named(*((given, works) for given, _, works in names)).with_columns(family=pl.Series(families))
    assert found(open_conflicts(frame)) == [("A", "further_given_name", subject) for subject in subjects]


def test_variants_do_not_chain_through_a_short_form() -> None:
    frame = open_conflicts(named(("Weiming", 4), ("Wei", 3), ("Weijun", 2)))
    assert found(frame) == [("A", "further_given_name", "weijun")]


def test_one_orcid_on_both_names_is_a_change_of_name() -> None:
    rows = [("w1", "Anna", ONE), ("w2", "Anna", None), ("w3", "Maria", ONE), ("w4", "Maria", None)]
    assert found(open_conflicts(mentions(*rows))) == []
    stamped_twice = pl.concat([mentions(*rows), mentions(("w3", "Bo", ONE), author="B", start=9)])
    assert found(open_conflicts(stamped_twice)) == [("A", "further_given_name", "maria")]


@pytest.mark.parametrize(
    ("claimed", "is_settled"),
    [
        ([None], True),
        (["w00#1", "w10#4"], True),
        (["w00#1"], False),
        ([], False),
        (["w10#4", "w11#5"], False),
    ],
    ids=["record", "both names", "one name", "none", "the other name"],
)
def test_an_approved_claim_covers_names(claimed: list[str | None], is_settled: bool) -> None:  # noqa: FBT001
    frame = named(("Anna", 3), ("Maria", 2))
    claims = pl.DataFrame({"author_id": ["A"] * len(claimed), "mention_id": claimed}, schema=dict(APPROVED_CLAIMS))
    assert (found(open_conflicts(frame, approved_claims=claims)) == []) is is_settled
    others = claims.with_columns(author_id=pl.lit("B"))
    assert found(open_conflicts(frame, approved_claims=others)) == [("A", "further_given_name", "maria")]


def test_two_names_on_one_byline_conflict_until_declared_the_same() -> None:
    frame = mentions(("w1", "Ann", None), ("w1", "Ann", None), ("w2", "Ann", None))
    conflicts = open_conflicts(frame)
    assert found(conflicts) == [("A", "two_on_one_byline", "w1")]
    assert conflicts["evidence_ids"].item().to_list() == ["w1#1", "w1#2"]
    for pair in (("w1#1", "w1#2"), ("w1#2", "w1#1")):
        same = pl.DataFrame([pair], schema=dict(SAME_PERSON), orient="row")
        assert found(open_conflicts(frame, same_person=same)) == []


def test_three_names_need_two_declarations() -> None:
    frame = mentions(("w1", "Ann", None), ("w1", "Ann", None), ("w1", "Ann", None))
    one = pl.DataFrame([("w1#1", "w1#3"), ("w1#3", "w1#1")], schema=dict(SAME_PERSON), orient="row")
    two = pl.DataFrame([("w1#1", "w1#3"), ("w1#3", "w1#2")], schema=dict(SAME_PERSON), orient="row")
    assert found(open_conflicts(frame, same_person=one)) == [("A", "two_on_one_byline", "w1")]
    assert found(open_conflicts(frame, same_person=two)) == []


def test_a_leading_orcid_on_another_record_is_a_conflict_of_its_owner() -> None:
    frame = pl.concat(
        [
            mentions(("w1", "Ann", ONE), ("w2", "Ann", ONE)),
            mentions(("w3", "Ann", ONE), ("w4", "Ann", TWO), ("w5", "Ann", TWO), author="B"),
        ]
    )
    conflicts = open_conflicts(frame)
    assert found(conflicts) == [("A", "orcid_on_another_record", ONE)]
    assert conflicts["detail"].item() == f"The ORCID iD {ONE} is also asserted on the record B."
    assert conflicts["evidence_ids"].item().to_list() == ["w3#1"]


def test_an_orcid_that_leads_two_records_is_a_conflict_of_both() -> None:
    frame = pl.concat([mentions((f"w{k}", "Ann", ONE), author=author) for k, author in enumerate("CAB")])
    conflicts = open_conflicts(frame)
    assert found(conflicts) == [(author, "orcid_on_another_record", ONE) for author in "ABC"]
    assert conflicts["detail"][0] == f"The ORCID iD {ONE} is also asserted on 2 other records."


def test_an_orcid_put_on_everyone_stays_linear() -> None:
    people = [f"P{i:05d}" for i in range(20_000)]
    frame = pl.concat([mentions((f"w{author}", "Ann", ONE), author=author) for author in people[:3]])
    many = pl.DataFrame(
        {"author_id": people, "work_id": [f"w{p}" for p in people], "mention_id": [f"w{p}#1" for p in people]}
    )
    crowd = many.join(frame.select(*MENTIONS).drop(many.columns).head(1), how="cross")
    conflicts = open_conflicts(crowd)
    assert conflicts.height == 20_000
    assert conflicts["detail"][5] == f"The ORCID iD {ONE} is also asserted on 19999 other records."
    assert conflicts["evidence_ids"][5].to_list() == [f"wP{i:05d}#1" for i in range(11) if i != 5]


def test_unmet_corrections_are_passed_through_once_each() -> None:
    unmet = pl.DataFrame(
        [
            ("A", "c2", None),
            ("A", "c1", "Two people are still one."),
            ("A", "c1", "Two people are still one."),
        ],
        schema=dict(UNMET_CORRECTIONS),
        orient="row",
    )
    frame = open_conflicts(mentions(("w1", "Ann", None)), unmet_corrections=unmet)
    assert frame.rows() == [
        ("A", "unmet_correction", "c1", "Two people are still one.", ["c1"]),
        ("A", "unmet_correction", "c2", "The correction c2 is not met.", ["c2"]),
    ]


def test_row_order_changes_nothing() -> None:
    frame = pl.concat(
        [
            named(("Anna", 12), ("Maria", 12), ("Bob", 2)),
            mentions(("w00", "Anna", ONE), ("w00", "Anna", TWO), ("z1", "Wei", TEN), ("z2", "Wei", TEN), start=50),
            mentions(("z3", "Wei", TEN), ("z3", "Wei", ONE), author="B", start=60),
        ]
    )
    expected = open_conflicts(frame)
    assert expected.height >= 5
    assert not expected.select("author_id", "conflict", "subject").is_duplicated().any()
    for seed in range(5):
        assert_frame_equal(open_conflicts(frame.sample(fraction=1, shuffle=True, seed=seed)), expected)


def test_empty_in_empty_out() -> None:
    frame = open_conflicts(pl.DataFrame(schema=dict(MENTIONS)))
    assert (frame.height, dict(frame.schema)) == (0, OPEN_CONFLICTS)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MetricsInputError, match="mentions has no column given"):
        open_conflicts(mentions(("w1", "Ann", None)).drop("given"))
