"""Real papers: the sample's reference people come out right by the general rules."""

import json

import pyarrow as pa
import pytest

from pipeline.resolve import resolve


@pytest.fixture(scope="module")
def names(shared_data):
    """author_id -> set of (work, printed name), over the 195 papers of the sample."""
    lines = (shared_data / "sample" / "seed_neighbourhood.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [json.loads(line) for line in lines]
    works = [
        {
            "work_id": p["arxiv_id"],
            "title": p["title"],
            "authors": p["authors"],
            "categories": p["categories"],
            "year": int(p["submitted_date"][:4]) if p.get("submitted_date") else None,
        }
        for p in papers
    ]
    mentions = [
        {"mention_id": f"{p['arxiv_id']}#{k}", "work_id": p["arxiv_id"], "position": k, "name": name}
        for p in papers
        for k, name in enumerate(p["authors"], start=1)
    ]
    resolution = resolve(pa.Table.from_pylist(mentions), pa.Table.from_pylist(works))
    printed = {m["mention_id"]: (m["work_id"], m["name"]) for m in mentions}
    found: dict[str, set[tuple[str, str]]] = {}
    for row in resolution.clusters.to_pylist():
        found.setdefault(row["author_id"], set()).add(printed[row["mention_id"]])
    return list(found.values())


def holding(names, printed):
    return [members for members in names if any(name == printed for _, name in members)]


def test_one_author_with_four_works(names):
    (members,) = holding(names, "Anima Singh")
    assert {name for _, name in members} == {"Anima Singh"}
    assert len(members) == 4


def test_with_and_without_a_middle_initial_are_one_person(names):
    (members,) = holding(names, "Ed H. Chi")
    assert {name for _, name in members} == {"Ed H. Chi", "Ed Chi"}


def test_a_shared_middle_word_joins_nobody(names):
    (members,) = holding(names, "Ankit Singh Rawat")
    assert not any(name == "Anima Singh" for _, name in members)
