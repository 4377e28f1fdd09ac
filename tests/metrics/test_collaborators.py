"""Pairs of authors: the definition of TRUST, on literal bylines and against a plain re-telling of it."""

import math
import random
from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.metrics import MetricsInputError, collaborator_batches, collaborators
from pipeline.metrics.schemas import BYLINES, COLLABORATORS

SEED = ["Jiaxi Tang", "Rakesh Shivanna", "Zhe Zhao", "Dong Lin", "Anima Singh", "Ed H. Chi", "Sagar Jain"]


def bylines(*works: list[str], years: list[int | None] | None = None) -> pl.DataFrame:
    """One work per list of names; the last word of a name is the family key."""
    rows = [
        (f"w{w:05d}", place, name, name.split()[-1], 1.0, (years or [2020] * len(works))[w])
        for w, work in enumerate(works)
        for place, name in enumerate(work, 1)
    ]
    return pl.DataFrame(rows, schema=dict(BYLINES), orient="row")


def of(frame: pl.DataFrame, author: str, column: str) -> dict[str, object]:
    mine = frame.filter(pl.col("author_id") == author)
    return dict(zip(mine["collaborator_id"], mine[column], strict=True))


def chosen(frame: pl.DataFrame, author: str, flag: str) -> list[str]:
    return frame.filter(pl.col(flag), pl.col("author_id") == author)["collaborator_id"].to_list()


def test_seed_has_six_collaborators_of_whom_four_are_close() -> None:
    frame = collaborators(bylines(SEED))
    assert of(frame, "Anima Singh", "strength") == {
        "Dong Lin": 1.0,
        "Ed H. Chi": 1.0,
        "Jiaxi Tang": pytest.approx(1 / 3),
        "Rakesh Shivanna": pytest.approx(1 / 3),
        "Sagar Jain": 0.5,
        "Zhe Zhao": 0.5,
    }
    four = ["Dong Lin", "Ed H. Chi", "Sagar Jain", "Zhe Zhao"]
    assert chosen(frame, "Anima Singh", "is_close") == chosen(frame, "Anima Singh", "is_established") == four


def test_everyone_on_an_ordered_seven_name_paper_gets_four_close_collaborators() -> None:
    frame = collaborators(bylines(SEED))
    assert frame.group_by("author_id").agg(pl.col("is_close").sum())["is_close"].to_list() == [4] * 7


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_on_a_short_byline_everyone_is_close(n: int) -> None:
    names = [f"A{9 - i} F{9 - i}" for i in range(n)]
    frame = collaborators(bylines(names))
    assert frame.height == n * (n - 1)
    assert frame["is_close"].all()


@pytest.mark.parametrize(("n", "rows"), [(1, 0), (2, 2), (100, 100 * 99), (101, 0)])
def test_bylines_of_two_to_a_hundred_persons_make_pairs(n: int, rows: int) -> None:
    assert collaborators(bylines([f"P{i:03d} F{(i * 37) % 101:03d}" for i in range(n)])).height == rows


def test_a_gap_left_by_a_group_does_not_part_two_people() -> None:
    frame = bylines(["Z Z", "Y Y", "X X", "W W", "V V", "U U"]).with_columns(pl.col("position") * 10)
    assert of(collaborators(frame), "Z Z", "strength") == of(
        collaborators(frame.with_columns(pl.col("position").rank())), "Z Z", "strength"
    )
    assert of(collaborators(frame), "Z Z", "strength")["U U"] == 1.0


def test_alphabetical_order_gives_every_pair_the_mean() -> None:
    frame = collaborators(bylines([f"N{i} {family}" for i, family in enumerate(["abe", "Bell", "cho", "Diaz", "eck"])]))
    assert set(frame["strength"]) == {(1 + 0.5 + 0.5 + 1) / 4}


def test_a_missing_family_key_keeps_the_order_of_the_byline() -> None:
    frame = bylines(["N a", "N b", "N c", "N d"]).with_columns(
        author_id=pl.lit("A") + pl.col("position").cast(pl.String)
    )
    unknown = frame.with_columns(family_key=pl.when(pl.col("position") != 3).then("family_key"))
    assert of(collaborators(frame), "A1", "strength")["A3"] == pytest.approx(5 / 6)
    assert of(collaborators(unknown), "A1", "strength")["A3"] == 0.5


def test_a_joint_work_weighs_the_product_of_both_probabilities() -> None:
    frame = bylines(["B b", "A a"]).with_columns(probability=pl.Series([0.5, 0.8]))
    result = collaborators(frame)
    assert result["strength"].to_list() == [0.4, 0.4]
    assert result["joint_works"].to_list() == [1, 1]
    assert result["newman_weight"].to_list() == [1.0, 1.0]


def test_long_bylines_dilute_the_threshold_of_close_ties_too() -> None:
    # W = 1 + 3 * 10/200: the three hyperauthored works add little, four more solo works would add four.
    long = [f"P{i:03d} F{(i * 37) % 201:03d}" for i in range(200)]
    few = collaborators(bylines(["A a", "B b"], *[["A a", *long]] * 3))
    many = collaborators(bylines(["A a", "B b"], *[["A a"]] * 4))
    assert chosen(few, "A a", "is_close") == ["B b"]
    assert chosen(many, "A a", "is_close") == []
    assert chosen(many, "B b", "is_close") == ["A a"]
    assert chosen(many, "A a", "is_established") == ["B b"]


def test_an_author_twice_on_one_byline_stands_at_the_more_probable_name() -> None:
    frame = bylines(["A a", "Z z", "Y y", "B b", "A a", "C c"]).with_columns(
        probability=pl.Series([0.6, 1.0, 1.0, 1.0, 1.0, 1.0])
    )
    result = collaborators(frame)
    assert of(result, "A a", "strength") == {"B b": 1.0, "C c": 1.0, "Y y": 0.5, "Z z": pytest.approx(1 / 3)}
    assert of(result, "A a", "joint_works") == dict.fromkeys(["B b", "C c", "Y y", "Z z"], 1)
    assert of(result, "B b", "newman_weight")["A a"] == 0.2
    equal = collaborators(frame.with_columns(probability=pl.lit(1.0)))
    assert of(equal, "A a", "strength") == {"B b": pytest.approx(1 / 3), "C c": 1.0, "Y y": 0.5, "Z z": 1.0}


def test_years_and_recent_strength_look_back_from_the_given_year_only() -> None:
    frame = bylines(["A a", "B b"], ["A a", "B b"], ["A a", "B b"], ["A a", "B b"], years=[2010, 2015, 2021, None])
    assert collaborators(frame)["recent_strength"].to_list() == [None, None]
    result = collaborators(frame, as_of_year=2020)
    assert result["recent_strength"].to_list() == [0.75, 0.75]
    assert result["strength"].to_list() == [4.0, 4.0]
    assert result.select("first_year", "last_year").row(0) == (2010, 2021)


def test_pairs_without_a_year_have_none() -> None:
    result = collaborators(bylines(["A a", "B b"], years=[None]), as_of_year=2020)
    assert result.select("first_year", "last_year", "recent_strength").row(0) == (None, None, 0.0)


def test_empty_in_empty_out() -> None:
    result = collaborators(pl.DataFrame(schema=dict(BYLINES)))
    assert result.height == 0
    assert dict(result.schema) == COLLABORATORS
    assert dict(collaborators(bylines(SEED)).schema) == COLLABORATORS


def test_lazy_input_gives_the_same() -> None:
    assert_frame_equal(collaborators(bylines(SEED).lazy()), collaborators(bylines(SEED)))


def test_batches_are_whole_authors_in_order() -> None:
    frame = bylines(*[random.Random(w).sample(SEED, 4) for w in range(20)])
    batches = list(collaborator_batches(frame, chunk_pairs=10))
    assert len(batches) > 3
    authors = [author for batch in batches for author in batch["author_id"].unique(maintain_order=True)]
    assert authors == sorted(set(authors))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (bylines(SEED).drop("family_key"), "bylines has no column family_key"),
        (bylines(SEED).with_columns(probability=pl.lit(1.5)), "w00000, position 1, probability 1.5"),
        (bylines(SEED).with_columns(probability=pl.lit(math.nan)), "probability nan"),
        (bylines(SEED).with_columns(position=pl.lit(1)), "w00000, position 1, twice"),
        (bylines(SEED).with_columns(author_id=pl.lit(None)), "bylines has a row without author_id"),
    ],
    ids=["column", "range", "nan", "place", "null"],
)
def test_bad_input_is_named_in_one_sentence(frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(MetricsInputError, match=message):
        collaborators(frame)
    with pytest.raises(MetricsInputError, match="chunk_pairs is 0"):
        collaborators(bylines(SEED), chunk_pairs=0)


# -------------------------------------------------------------------------- against a plain re-telling


def retold(
    works: dict[str, list[tuple[str, float]]],
) -> dict[tuple[str, str], tuple[int, float, float, bool, bool]]:
    """The definition, name by name: (joint works, Newman weight, strength, established, close) per pair."""
    joint: dict[tuple[str, str], int] = defaultdict(int)
    newman: dict[tuple[str, str], float] = defaultdict(float)
    strength: dict[tuple[str, str], float] = defaultdict(float)
    diluted_works: dict[str, float] = defaultdict(float)
    for byline in works.values():
        n = len(byline)
        weight = 1 if n <= 11 else 10 / (n - 1)
        families = [name.split()[-1].casefold() for name, _ in byline]
        alphabetical = n >= 4 and families == sorted(families)
        for i, (one, p) in enumerate(byline):
            diluted_works[one] += weight * p
            for j, (other, q) in enumerate(byline):
                if i == j or n > 100:
                    continue
                rings = [min(d, n - d) for d in range(1, n)]
                closeness = sum(1 / r for r in rings) / len(rings) if alphabetical else 1 / rings[abs(i - j) - 1]
                joint[one, other] += 1
                newman[one, other] += 1 / (n - 1)
                strength[one, other] += p * q * weight * closeness
    return {
        pair: (
            joint[pair],
            newman[pair],
            s,
            s >= 0.5 - 1e-9,
            s >= 0.5 * math.sqrt(max(1, diluted_works[pair[0]])) - 1e-9,
        )
        for pair, s in strength.items()
    }


PEOPLE = [f"{given} {family}" for given in ("Ann", "Bo") for family in ("de", "Fa", "gé", "ha", "Io", "ju", "ki", "Lo")]


@st.composite
def corpora(draw: st.DrawFn) -> dict[str, list[tuple[str, float]]]:
    probability = st.sampled_from([1.0, 0.9, 0.5, 0.123456789])
    byline = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=14, unique=True)
    works = draw(st.lists(byline, max_size=8))
    return {f"w{w}": [(name, draw(probability)) for name in work] for w, work in enumerate(works)}


@given(corpora(), st.integers(1, 200), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_agrees_with_the_definition_in_any_order_and_chunking(
    works: dict[str, list[tuple[str, float]]], chunk_pairs: int, shuffler: random.Random
) -> None:
    rows = [
        (work, place, name, name.split()[-1], p, 2000)
        for work, byline in works.items()
        for place, (name, p) in enumerate(byline, 1)
    ]
    frame = pl.DataFrame(rows, schema=dict(BYLINES), orient="row")
    result = collaborators(frame)
    shuffler.shuffle(rows)
    shuffled = collaborators(pl.DataFrame(rows, schema=dict(BYLINES), orient="row"), chunk_pairs=chunk_pairs)
    assert_frame_equal(result, shuffled, check_exact=True)
    expected = retold(works)
    columns = ("joint_works", "newman_weight", "strength", "is_established", "is_close")
    found = {(a, b): tuple(rest) for a, b, *rest in result.select("author_id", "collaborator_id", *columns).iter_rows()}
    assert found.keys() == expected.keys()
    for pair, values in expected.items():
        assert found[pair] == pytest.approx(values, abs=1e-10)


def test_adding_works_never_lowers_a_tie_and_the_professor_has_few_close_ones() -> None:
    works = career()
    full = collaborators(bylines(*works))
    assert full.filter(pl.col("author_id") == "Prof Zed").height == 136
    assert len(chosen(full, "Prof Zed", "is_established")) == 130
    close = chosen(full, "Prof Zed", "is_close")
    assert sorted(close) == sorted([f"Student S{k:02d}" for k in range(12)] + [f"Peer P{k}" for k in range(4)])
    for cut in range(10, 150, 35):
        before = collaborators(bylines(*works[:cut]))
        after = collaborators(bylines(*works[: cut + 5]))
        both = before.join(after, on=["author_id", "collaborator_id"], how="left")
        assert (both["strength_right"] >= both["strength"]).all()


def career() -> list[list[str]]:
    """The synthetic professor of the design: 150 works, 12 students, 4 peers, 160 occasional others."""
    rng = random.Random(3)
    students = [f"Student S{k:02d}" for k in range(12)]
    peers = [f"Peer P{k}" for k in range(4)]
    pool = [f"Visitor V{k:03d}" for k in range(160)]
    works = []
    for w in range(150):
        byline = [students[min(11, w * 12 // 150)]]
        byline += [pool[rng.randrange(160)] for _ in range(rng.choice([0, 0, 1, 1, 2, 3]))]
        if rng.random() < 0.45:
            byline.append(peers[rng.randrange(4)])
        if rng.random() < 0.3:
            byline.append(students[rng.randrange(12)] if rng.random() < 0.5 else pool[rng.randrange(160)])
        works.append([*dict.fromkeys(byline), "Prof Zed"])
    return works
