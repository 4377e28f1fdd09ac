"""arXiv's subject categories."""

import polars as pl
import pytest

from pipeline.taxonomy import categories, category, current_code

# A slip on one paper of 2025, not a category.
NO_CATEGORY = {"na"}


@pytest.mark.parametrize(
    ("code", "name", "group"),
    [
        ("cs.LG", "Machine Learning", "Computer Science"),
        ("stat.ML", "Machine Learning", "Statistics"),
        ("hep-ph", "High Energy Physics - Phenomenology", "Physics"),
        ("math.OC", "Optimization and Control", "Mathematics"),
        ("cond-mat.supr-con", "Superconductivity", "Physics"),
        ("cmp-lg", "Computation and Language", "Computer Science"),
        ("q-alg", "Quantum Algebra and Topology", "Mathematics"),
    ],
)
def test_known(code: str, name: str, group: str) -> None:
    found = category(code)
    assert (found.code, found.name, found.group) == (code, name, group)


@pytest.mark.parametrize(
    ("code", "now"),
    [("alg-geom", "math.AG"), ("math.MP", "math-ph"), ("cs.AI", "cs.AI"), ("new.XX", "new.XX")],
)
def test_current_code(code: str, now: str) -> None:
    assert current_code(code) == now


def test_an_unknown_code_is_its_own_name() -> None:
    assert category("cs.ZZ") == ("cs.ZZ", "cs.ZZ", "cs", "Computer Science", "cs.ZZ")
    assert category("new.XX") == ("new.XX", "new.XX", "new", "new", "new.XX")


def test_the_table_is_sorted_and_points_at_itself() -> None:
    table = categories()
    assert list(table) == sorted(table)
    for row in table.values():
        assert row.name
        assert row.archive == row.code.partition(".")[0]
        assert table[row.current_code].current_code == row.current_code
    assert len({row.group for row in table.values()}) == 8


def test_every_category_of_the_corpus_is_known(shared_data) -> None:
    corpus = pl.scan_parquet(shared_data / "data/arxiv/corpus.parquet")
    seen = corpus.select(pl.col("categories").explode().unique()).collect()["categories"]
    assert set(seen.drop_nulls()) - categories().keys() == NO_CATEGORY
