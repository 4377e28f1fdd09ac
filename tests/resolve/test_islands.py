"""What a change can reach: ties within a unit, and nothing else."""

import polars as pl
import pytest

from pipeline.resolve import shipped_model, tied_mentions

WORKS = [
    {"id": "t1", "title": "Sparse grids", "authors": ["Zenobia Thackeray", "Ivo Halloran"]},
    {"id": "t2", "title": "Sparse grids again", "authors": ["Z. Thackeray", "Ivo Halloran"]},
    {"id": "t3", "title": "Coral bleaching", "authors": ["Zeno Thackeray", "Ada Quist"]},
    {"id": "t4", "title": "Sparse grids", "authors": ["Zenobia Thackeray", "Zenobia Thackeray"]},
]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_changed_mention_reaches_those_it_is_tied_to(tables, threads):
    tied = tied_mentions(
        *tables(WORKS), pl.Series(["t1#1"]), large_blocks=frozenset(), model=shipped_model(), threads=threads
    )
    assert tied.to_list() == ["t2#1", "t4#1", "t4#2"]


def test_neither_two_names_of_one_work_nor_other_units_are_tied(tables):
    def reached(changed, large_blocks=frozenset()):
        model = shipped_model()
        return tied_mentions(*tables(WORKS), pl.Series([changed]), large_blocks=large_blocks, model=model).to_list()

    assert "t4#2" not in reached("t4#1")
    assert reached("t1#1", frozenset({"thackeray|z"})) == ["t4#1", "t4#2"]


def test_changed_mentions_alone_reach_nobody(tables):
    mentions, works = tables(WORKS)
    changed = pl.Series(mentions["mention_id"].to_pylist())
    assert tied_mentions(mentions, works, changed, large_blocks=frozenset(), model=shipped_model()).to_list() == []
