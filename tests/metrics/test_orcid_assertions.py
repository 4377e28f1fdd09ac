"""ORCID iDs: validity, what counts as an assertion, which one leads."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metrics import canonical_orcids, leading_orcids
from pipeline.metrics.orcid import orcid_assertions
from pipeline.metrics.schemas import LEADING_ORCIDS, MENTIONS

ONE, TWO, TEN = "0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"


def canonical(text: str | None) -> str | None:
    return canonical_orcids(pl.Series([text], dtype=pl.String)).item()


def mentions(*rows: tuple[str, str, str, str | None]) -> pl.DataFrame:
    """Rows of (mention_id, work_id, author_id, orcid)."""
    frame = pl.DataFrame(rows, schema=["mention_id", "work_id", "author_id", "orcid"], orient="row")
    return frame.with_columns(
        pl.lit(1.0).alias("probability"),
        pl.lit("Ann").alias("given"),
        pl.lit(None).alias("has_ror_institution"),
        pl.lit(None, dtype=pl.String).alias("family"),
    ).select(pl.col(column).cast(dtype) for column, dtype in MENTIONS.items())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE, ONE),
        ("https://orcid.org/0000-0002-1825-0097", ONE),
        ("http://www.orcid.org/0000-0002-1825-0097/", ONE),
        ("orcid.org/0000-0002-1825-0097", ONE),
        (" 0000000218250097 ", ONE),
        ("0000-0002-1694-233x", TEN),
        ("0000-0002-1825-0098", None),
        ("0000-0002-1825-009X", None),
        ("0000-0002-1825-009", None),
        ("0000-0002-1825-0097 and more", None),
        ("\uff10\uff10\uff10\uff10-0002-1825-0097", None),
        ("", None),
        (None, None),
    ],
)
def test_only_well_formed_ids_with_a_right_check_digit_are_read(text: str | None, expected: str | None) -> None:
    assert canonical(text) == expected


@given(st.integers(0, 10**15 - 1))
def test_check_digit_is_iso_7064(number: int) -> None:
    digits = f"{number:015d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    check = "0123456789X"[(12 - total) % 11]
    whole = digits + check
    assert canonical(whole) == "-".join(whole[i : i + 4] for i in range(0, 16, 4))
    wrong = "0123456789X"[("0123456789X".index(check) + 1) % 11]
    assert canonical(digits + wrong) is None


def test_the_id_on_most_works_leads_and_the_others_contradict() -> None:
    frame = leading_orcids(
        mentions(
            ("w1#1", "w1", "A", TEN),
            ("w2#1", "w2", "A", TEN),
            ("w3#1", "w3", "A", ONE),
            ("w4#1", "w4", "A", TWO),
            ("w5#1", "w5", "A", None),
            ("w5#2", "w5", "B", "junk"),
        )
    )
    assert frame.rows() == [("A", TEN, 2, 2, ["w1", "w2"])]


def test_equal_counts_are_led_by_the_smaller_id() -> None:
    frame = leading_orcids(mentions(("w1#1", "w1", "A", ONE), ("w2#1", "w2", "A", TWO)))
    assert frame.rows() == [("A", TWO, 1, 1, ["w2"])]


def test_an_id_stamped_on_two_names_of_one_work_is_ignored_there_only() -> None:
    frame = mentions(("w1#1", "w1", "A", ONE), ("w1#2", "w1", "B", ONE.replace("-", "")), ("w2#1", "w2", "A", ONE))
    assert orcid_assertions(frame)["mention_id"].to_list() == ["w2#1"]
    assert leading_orcids(frame).rows() == [("A", ONE, 1, 0, ["w2"])]


def test_evidence_ids_are_the_first_ten() -> None:
    frame = leading_orcids(mentions(*((f"w{i:02d}#1", f"w{i:02d}", "A", ONE) for i in range(30))))
    assert frame["supporting_works"].item() == 30
    assert frame["orcid_ids"].item().to_list() == [f"w{i:02d}" for i in range(10)]


def test_empty_in_empty_out() -> None:
    frame = leading_orcids(pl.DataFrame(schema=dict(MENTIONS)))
    assert (frame.height, dict(frame.schema)) == (0, LEADING_ORCIDS)


def test_the_id_a_person_signed_in_with_leads_whatever_works_assert() -> None:
    rows = mentions(("a#1", "a", "A", ONE), ("b#1", "b", "A", ONE), ("c#1", "c", "A", TWO), ("d#1", "d", "B", ONE))
    signed_in = pl.DataFrame({"author_id": ["A", "C"], "orcid": [TWO, TEN]})
    leading = leading_orcids(rows, signed_in=signed_in)
    assert leading.select(*list(LEADING_ORCIDS)[:4]).rows() == [("A", TWO, 1, 2), ("B", ONE, 1, 0), ("C", TEN, 0, 0)]
    assert leading["orcid_ids"].to_list() == [["c"], ["d"], []]
    nobody = leading_orcids(rows, signed_in=signed_in.clear())
    assert nobody.equals(leading_orcids(rows))
