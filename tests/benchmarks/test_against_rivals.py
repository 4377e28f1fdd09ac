"""What is prepared for Splink, which blocks a sample takes, and the oracle's threshold."""

import importlib
from types import SimpleNamespace

import polars as pl
import pytest

MENTIONS = pl.DataFrame(
    {
        "mention_id": ["b#1", "a#2", "a#1", "b#2"],
        "work_id": ["b", "a", "a", "b"],
        "position": [1, 2, 1, 2],
        "name": ["O. M. Quist", "Ines Dahl", "Ottilie M. Quist", "CMS Collaboration"],
        "affiliation": ["Harbour Institute", None, "Institute by the Harbour", None],
    }
)
WORKS = pl.DataFrame(
    {
        "work_id": ["a", "b"],
        "title": ["On tides", "Tides"],
        "authors": [["Ottilie M. Quist", "Ines Dahl"], ["O. M. Quist", "CMS Collaboration"]],
    }
)
GOLD = pl.DataFrame({"mention_id": list("abcd"), "gold_author": ["1", "1", "2", None], "block": ["p", "p", "q", "r"]})


@pytest.fixture
def rivals():
    return importlib.import_module("against_rivals")


def test_prepared_records_follow_the_order_of_ids(rivals):
    records = rivals.prepared(MENTIONS, WORKS)
    assert records["unique_id"].to_list() == [0, 1, 2, 3]
    assert records["family"].to_list() == ["quist", "dahl", "quist", None]
    assert records["given"].to_list() == ["ottilie", "ines", None, None]
    assert records["initials"].to_list() == ["om", "i", "om", None]


def test_a_mention_is_not_its_own_coauthor(rivals):
    records = rivals.prepared(MENTIONS, WORKS)
    assert [None if row is None else len(row) for row in records["coauthors"]] == [1, 1, None, 1]
    assert records["coauthors"][0].to_list() != records["coauthors"][1].to_list()


def test_words_that_two_texts_share_have_one_number(rivals):
    records = rivals.prepared(MENTIONS, WORKS)
    first, _, third, _ = records["affiliation"]
    assert set(third) < set(first)
    assert records["affiliation"][1] is None
    assert records["title"][0].to_list() == records["title"][2].to_list()


def test_mentions_without_affiliations_can_be_prepared(rivals):
    records = rivals.prepared(MENTIONS.drop("affiliation"), WORKS)
    assert records["affiliation"].null_count() == 4


def test_a_sample_takes_blocks_with_labels_whatever_the_order_of_rows(rivals):
    assert sorted(rivals.chosen_blocks(GOLD, 5)) == ["p", "q"]
    assert rivals.chosen_blocks(GOLD, 1) == rivals.chosen_blocks(GOLD.reverse(), 1)


def test_a_sample_is_whole_blocks_with_their_works(rivals, tmp_path):
    source, place = tmp_path / "source", tmp_path / "sample"
    for folder in (source, place):
        folder.mkdir()
    MENTIONS.write_parquet(source / "mentions.parquet")
    WORKS.write_parquet(source / "works.parquet")
    gold = pl.DataFrame({"mention_id": ["a#1", "a#2"], "gold_author": ["1", "2"], "block": ["q o", "q o"]})
    gold.write_parquet(source / "gold.parquet")
    rivals.sampled(source, 1, place)
    assert sorted(pl.read_parquet(place / "mentions.parquet")["mention_id"]) == ["a#1", "a#2"]
    assert pl.read_parquet(place / "works.parquet")["work_id"].to_list() == ["a"]


def test_the_oracle_cuts_where_the_labels_score_best(rivals):
    pairs = pl.DataFrame({"unique_id_l": [0, 1], "unique_id_r": [1, 2], "match_weight": [7.5, 2.5]})
    bits, scores = rivals.best_threshold(pl.Series(list("abcd")), pairs, GOLD)
    assert 2.5 < bits <= 7
    assert scores["all"].b3_f1 == pytest.approx(1.0)


def test_the_oracle_without_pairs_leaves_everybody_alone(rivals):
    pairs = pl.DataFrame(schema={"unique_id_l": pl.Int64, "unique_id_r": pl.Int64, "match_weight": pl.Float64})
    _, scores = rivals.best_threshold(pl.Series(list("abcd")), pairs, GOLD)
    assert scores["all"].b3_recall == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)


def test_a_rival_that_is_not_installed_is_a_row(rivals, tmp_path):
    rows = list(rivals.splink_rows(tmp_path, GOLD, tmp_path, str(tmp_path / "python")))
    assert [row.note.split(" for ")[0] for row in rows] == ["not installed"]
    assert rivals.cells("set", rows[0], None)[2] == rows[0].note


def test_the_ratio_is_to_our_seconds(rivals):
    took, ours = (SimpleNamespace(seconds=seconds, gigabytes=1.0) for seconds in (30.0, 4.0))
    assert rivals.cells("set", rivals.Row("other", {}, took), ours)[-1] == "7.5"
