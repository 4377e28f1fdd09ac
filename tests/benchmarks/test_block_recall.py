"""True pairs that blocking keeps and loses, counted by hand."""

import importlib

import polars as pl
import pytest


@pytest.fixture
def blocking():
    return importlib.import_module("block_recall")


@pytest.fixture
def blocks():
    return importlib.import_module("blocks")


def labelled(blocks, names, authors):
    mentions = pl.DataFrame({"mention_id": [f"m{k}" for k in range(len(names))], "name": names, "gold_author": authors})
    return blocks.with_blocks(mentions)


NOTHING_BESIDE = pl.DataFrame(schema={"mention_id": pl.String, "rare": pl.String})


def test_pairs_of_one_author_by_block(blocking, blocks):
    names = ["Ana Garcia-Molina", "A. García-Molina", "A. Molina", "Ana Molina"]
    mentions = blocking.with_units(labelled(blocks, names, ["1", "1", "1", "2"]))
    found = blocking.recall(mentions, NOTHING_BESIDE)
    assert found == (3, 1, 1, 0)
    assert blocking.compared_pairs(mentions) == 2


def test_a_split_block_keeps_what_a_rare_coauthor_proposes(blocking, blocks, monkeypatch):
    monkeypatch.setattr(blocking, "WHOLE_BLOCK", 3)
    names = ["Yun Wang", "Yun Wang", "Y. Wang", "Yi Wang"]
    mentions = blocking.with_units(labelled(blocks, names, ["1", "1", "1", "1"]))
    assert mentions["unit"].to_list() == ["wang|y yun", "wang|y yun", "wang|y ", "wang|y yi"]
    beside = pl.DataFrame({"mention_id": ["m0", "m2", "m3"], "rare": ["quist|o", "quist|o", "dahl|i"]})
    # Of 6 pairs one is in a unit; the two Yun and Y. share a co-author through one of the two: 2 pairs more.
    assert blocking.recall(mentions, beside) == (6, 6, 1, 2)


def test_rare_coauthors_are_read_for_split_blocks_only(blocking, blocks, monkeypatch, tmp_path):
    monkeypatch.setattr(blocking, "WHOLE_BLOCK", 2)
    bylines = [["Yun Wang", "Ottilie Quistgaardsen"], ["Yi Wang", "Ottilie Quistgaardsen"], ["Y. Wang"]]
    works = pl.DataFrame({"work_id": list("abc"), "title": list("abc"), "authors": bylines})
    mentions = (
        works.select("work_id", name="authors")
        .explode("name")
        .with_row_index("position", offset=1)
        .with_columns(pl.col("position").cast(pl.Int64), mention_id=pl.concat_str("work_id", "position"))
    )
    works.write_parquet(tmp_path / "works.parquet")
    mentions.write_parquet(tmp_path / "mentions.parquet")
    mentions.select("mention_id", gold_author=pl.lit("1")).write_parquet(tmp_path / "gold.parquet")
    placed = blocking.with_units(blocks.with_blocks(mentions))
    labelled = blocking.labelled_mentions(tmp_path, placed)
    beside = blocking.rare_names_beside(tmp_path, placed, labelled)
    assert beside.sort("mention_id").rows() == [("a1", "quistgaardsen|o"), ("b3", "quistgaardsen|o")]
    # Ten pairs: three of the Wangs, one of the Quistgaardsens, and six of two blocks.
    assert blocking.recall(labelled, beside) == (10, 4, 1, 1)


def test_names_that_are_not_read_as_persons_are_lost(blocking, blocks):
    mentions = blocking.with_units(labelled(blocks, ["CMS Collaboration"] * 2, ["1", "1"]))
    assert blocking.recall(mentions, NOTHING_BESIDE) == (1, 0, 0, 0)
    assert blocking.compared_pairs(mentions) == 0
    pairs, _ = blocking.lost(mentions)
    assert pairs == {"not read as a person's name": 1}


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Ana Garcia-Molina", "A. Molina", "hyphenated or double family name"),
        ("Ana Garcia-Molina", "Ana Garcia Molina", "hyphenated or double family name"),
        ("Ana Dahl", "Ana Dahl Quist", "hyphenated or double family name"),
        ("Ottilie Quist", "Quist Ottilie", "order of the words"),
        ("Robert Quist", "Bob Quist", "nickname of another initial"),
        ("J. Ottilie Quist", "Ottilie Quist", "another given name comes first"),
        ("Ottilie Quist", "Ines Quist", "another given name"),
        ("Ottilie Quist", "Ottilie Qvist", "spelling of the family name"),
        ("Ottilie Quist", "Ottilie Dahl", "changed family name"),
        ("Ottilie Quist", "Quist", "a word alone"),
        ("Ottilie Quist", "Ines Dahl", "other"),
    ],
)
def test_why_two_names_of_one_person_are_in_two_blocks(blocking, blocks, one, other, why):
    pairs, names = blocking.lost(labelled(blocks, [one, other, other], ["1", "1", "1"]))
    assert pairs == {why: 2}
    assert sum(names[why].values()) == 2
