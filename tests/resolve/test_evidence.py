"""Evidence read some at a time, and names that come with their parts."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from pipeline.resolve import links, resolve, topics
from pipeline.resolve.counts import shipped_counts
from pipeline.resolve.evidence import COAUTHORS_KEPT, read_evidence
from pipeline.resolve.inputs import checked_input
from pipeline.resolve.terms import terms_of
from pipeline.resolve.topics import shipped_topics, work_topics


def read(mentions, works):
    return read_evidence(checked_input(mentions, works), shipped_counts(), shipped_topics())


def test_names_printed_alike_with_other_parts_are_other_names():
    given, family = [None, "Wei", "Wei", None, "Wei"], [None, "Li", "Li", None, None]
    mentions = pa.table(
        {
            "mention_id": ["a#1", "b#1", "c#1", "d#1", "e#1"],
            "work_id": ["a", "b", "c", "d", "e"],
            "position": [1] * 5,
            "name": ["Li Wei"] * 5,
            "given": given,
            "family": family,
        }
    )
    works = pa.table({"work_id": list("abcde"), "title": ["x"] * 5, "authors": [["Li Wei", "Ada Quist"]] * 5})
    evidence = read(mentions, works)
    bare, parted, again, alike, half = evidence.name.tolist()
    assert bare == alike
    assert parted == again
    assert len({bare, parted, half}) == 3
    blocks = evidence.names.blocks.gather(evidence.block).to_list()
    assert blocks[1:3] == ["li|w", "li|w"]
    assert blocks[0] == blocks[3] == blocks[4]
    assert evidence.coauthor_initial.sizes().tolist() == [2] * 5


def test_a_byline_keeps_its_rarest_names_once():
    common = [f"Wei {letter}. Zhang" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    rare = [f"{letter}. Quistenholm{chr(97 + place)}" for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXY")]
    byline = [*common, *rare, "Team Quistenholm Collaboration"]
    mentions = pa.table({"mention_id": ["a#1"], "work_id": ["a"], "position": [1], "name": [byline[0]]})
    works = pa.table({"work_id": ["a"], "title": ["x"], "authors": [byline]})
    assert len(common) + len(rare) > COAUTHORS_KEPT
    evidence = read(mentions, works)
    bags = evidence.coauthor_initial
    kept = evidence.names.blocks.gather(bags.codes).to_list()
    assert [name for name in kept if name.startswith("quistenholm")] == sorted(kept[:-1])
    assert kept == [*kept[: len(rare)], "zhang|w"]
    assert evidence.byline.tolist() == [len(byline)]


def test_subjects_do_not_depend_on_how_many_works_are_read_at_once(monkeypatch):
    titles = pl.Series(["Deep neural networks", None, "Galaxy clusters", "Neural galaxies", ""])
    fields = {field: terms_of(titles) for field in ("title", "abstract", "keywords", "venue")}
    whole = work_topics(fields, 5, shipped_topics())
    monkeypatch.setattr(topics, "_WORKS_AT_ONCE", 2)
    assert np.array_equal(work_topics(fields, 5, shipped_topics()), whole)
    assert whole.any(axis=1).tolist() == [True, False, True, True, False]


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_links_are_tabled_some_at_a_time(at_once, monkeypatch):
    ids = [f"{work}#1" for work in "fedcba"]
    mentions = pa.table(
        {"mention_id": ids, "work_id": list("fedcba"), "position": [1] * 6, "name": ["Ottilie Quistenholm"] * 6}
    )
    works = pa.table({"work_id": list("abcdef"), "title": ["x"] * 6})
    whole = resolve(mentions, works)
    monkeypatch.setattr(links, "_LINKS_AT_ONCE", at_once)
    some = resolve(mentions, works)
    assert some.links.equals(whole.links)
    assert some.clusters.equals(whole.clusters)
    assert whole.links.num_rows == 5
    rows = whole.links.select(["mention_id_l", "mention_id_r"]).to_pylist()
    assert rows == sorted(rows, key=lambda row: (row["mention_id_l"], row["mention_id_r"]))
