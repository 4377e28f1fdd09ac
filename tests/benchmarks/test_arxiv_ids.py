"""Labelled places joined to mentions, the baseline of equal names, and what became of a person."""

import importlib

import polars as pl
import pytest

RESOLVED = pl.DataFrame(
    {
        "mention_id": ["arxiv:1#1", "arxiv:2#2", "arxiv:3#1", "arxiv:4#1"],
        "work_id": ["arxiv:1", "arxiv:2", "arxiv:3", "arxiv:4"],
        "name": ["Ottilie Quist", "O. Quist", "Ottilie Quist", "Oskar Quist"],
        "author_id": ["A", "A", "B", "C"],
    }
)


@pytest.fixture
def ids():
    return importlib.import_module("arxiv_ids")


def test_labels_are_placed_by_id_and_position(ids):
    blocks = importlib.import_module("blocks")
    names = blocks.read_blocks(RESOLVED.select("name"))
    labels = pl.DataFrame(
        {
            "arxiv_id": ["1", "2", "9"],
            "position": [1, 2, 1],
            "name": ["Ottilie Quist", "O. Quist", "Nobody Known"],
            "gold_author": ["x", "x", "y"],
        }
    )
    gold = ids.gold_mentions(labels, names)
    assert gold["mention_id"].to_list() == ["arxiv:1#1", "arxiv:2#2"]
    assert gold["block"].unique().to_list() == ["quist|o"]


def test_equal_folded_names_are_one_person(ids):
    mentions = pl.DataFrame({"mention_id": list("abc"), "name": ["Øystein Dahl", "Oystein  DAHL", "O. Dahl"]})
    clusters = ids.exact_names(mentions)["author_id"].to_list()
    assert clusters[0] == clusters[1] != clusters[2]


@pytest.mark.parametrize(
    ("works", "exactly", "right"),
    [
        (["1", "2"], True, True),
        (["1"], True, False),
        (["1"], False, True),
        (["1", "2", "3"], True, False),
        (["1", "3"], False, False),
        (["4"], False, False),
    ],
)
def test_a_person_is_right_when_one_author_holds_the_works(ids, works, exactly, right):
    person = {"names": ["Ottilie Quist", "O. Quist"], "works": works, "exactly": exactly}
    assert ids.judged(RESOLVED, person).is_right is right


def test_works_without_the_person_are_told(ids):
    verdict = ids.judged(RESOLVED, {"names": ["Ottilie Quist"], "works": ["1", "4"]})
    assert verdict.absent == ["4"]
    assert verdict.authors == [["1", "2"]]
