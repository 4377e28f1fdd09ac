"""The resolver as a whole: the rules that hold whatever the evidence."""

import random
from collections import defaultdict

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.resolve import blocking, resolve, resolve_block
from pipeline.resolve.schemas import CLUSTERS, COMPARISONS, LINKS, MENTIONS, WORKS


def people(clusters):
    """mention_id sets, one per author."""
    found = defaultdict(set)
    for row in clusters.to_pylist():
        found[row["author_id"]].add(row["mention_id"])
    return {frozenset(members) for members in found.values()}


def author_of(resolution):
    rows = resolution.clusters.to_pylist()
    return {row["mention_id"]: row["author_id"] for row in rows}


def corrections_of(*rows):
    return pa.Table.from_pylist([dict(zip(("kind", "mention_id_l", "mention_id_r"), row, strict=True)) for row in rows])


def test_rare_shared_coauthors_join_and_strangers_stay_apart(tables, papers):
    author = author_of(resolve(*tables(papers)))
    assert author["p1#1"] == author["p2#1"]
    assert author["p3#2"] == author["p4#2"]
    assert len({author["p1#1"], author["p3#2"], author["p5#1"]}) == 3


def test_tables_have_exactly_the_promised_schemas(tables, papers):
    resolution = resolve(*tables(papers))
    assert resolution.clusters.schema == CLUSTERS
    assert resolution.links.schema == LINKS
    assert resolution.clusters["mention_id"].to_pylist() == sorted(resolution.clusters["mention_id"].to_pylist())


def test_empty_input_gives_empty_tables():
    resolution = resolve(MENTIONS.empty_table(), WORKS.empty_table())
    assert (resolution.clusters.num_rows, resolution.links.num_rows) == (0, 0)
    assert resolution.clusters.schema == CLUSTERS
    assert resolution.links.schema == LINKS


def test_groups_are_never_linked(tables):
    works = [{"id": f"g{k}", "authors": ["The ATLAS Collaboration", "Ottilie Grünwald-Xu"]} for k in range(3)]
    author = author_of(resolve(*tables(works)))
    assert len({author[f"g{k}#1"] for k in range(3)}) == 3
    assert len({author[f"g{k}#2"] for k in range(3)}) == 1


def test_links_form_a_tree_and_add_up(tables, papers):
    resolution = resolve(*tables(papers))
    links = pl.from_arrow(resolution.links)
    authors = len(people(resolution.clusters))
    assert links.height == resolution.clusters.num_rows - authors
    total = links.select(pl.sum_horizontal(f"{c}_weight" for c in COMPARISONS))
    assert (total.to_series() - links["match_weight"]).abs().max() < 1e-9


def test_anchors_are_certain_and_probabilities_are_in_range(tables, papers):
    resolution = resolve(*tables(papers))
    for members in people(resolution.clusters):
        chosen = {
            r["mention_id"]: r["probability"] for r in resolution.clusters.to_pylist() if r["mention_id"] in members
        }
        assert chosen[min(members)] == 1.0
        assert all(0.0 <= p <= 1.0 for p in chosen.values())


def test_two_mentions_on_one_work_are_two_people(tables):
    works = [{"id": "d1", "authors": ["Ottilie Grünwald-Xu", "Ottilie Grünwald-Xu"]}]
    author = author_of(resolve(*tables(works)))
    assert author["d1#1"] != author["d1#2"]


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ("Ottilie Grünwald", "Ottilie Gruenwald-", False),
        ("Ottilie Grunwald", "Ottilie Grünwald", True),
        ("Wei-Ming Thackeray", "Weiming Thackeray", True),
        ("Jean-Pierre Garcia-Molinaro", "Jean\N{HYPHEN}Pierre Garcia\N{HYPHEN}Molinaro", True),
        ("Thackeray, Zenobia", "Zenobia Thackeray", True),
        ("Wei Thackeray", "Weiming Thackeray", False),
        ("Robert Thackeray", "Ronald Thackeray", False),
        ("Bill Thackeray", "William Thackeray", True),
        ("William Thackeray", "Bill Thackeray", True),
        ("Bill Thackeray", "Robert Thackeray", False),
        ("Bill Thackeray", "William Quistgaard", False),
    ],
    ids=[
        "other-family",
        "accents",
        "hyphen",
        "double-family",
        "comma",
        "prefix-is-another-name",
        "impossible",
        "form-of-another-initial",
        "form-of-another-initial-reversed",
        "forms-of-two-names",
        "forms-of-one-name-in-two-families",
    ],
)
def test_names_that_may_and_may_not_be_one(tables, one, other, joined):
    works = [
        {
            "id": "n1",
            "title": "Sparse grids for kinetic equations",
            "authors": [one, "Ivo Halloran", "Ada Quist"],
        },
        {
            "id": "n2",
            "title": "Sparse grids for kinetic equations II",
            "authors": [other, "Ivo Halloran", "Ada Quist"],
        },
    ]
    author = author_of(resolve(*tables(works)))
    assert (author["n1#1"] == author["n2#1"]) is joined


def test_an_initial_of_a_common_name_is_not_enough(tables):
    works = [{"id": f"i{k}", "title": title, "authors": ["Y. Wang"]} for k, title in enumerate(["On moss", "On glass"])]
    assert len(people(resolve(*tables(works)).clusters)) == 2


def test_same_correction_joins_across_blocks_and_wins_over_scores(tables, papers):
    corrections = corrections_of(("same", "p5#1", "p3#1"), ("same", "p1#1", "p3#2"))
    author = author_of(resolve(*tables(papers), corrections=corrections))
    assert author["p5#1"] == author["p3#1"]
    assert author["p1#1"] == author["p3#2"]


def test_same_correction_wins_over_same_work(tables):
    works = [{"id": "d1", "authors": ["Ottilie Grünwald-Xu", "Ottilie Grünwald-Xu"]}]
    author = author_of(resolve(*tables(works), corrections=corrections_of(("same", "d1#1", "d1#2"))))
    assert author["d1#1"] == author["d1#2"]


def test_different_correction_splits_and_unmet_same_is_reported(tables, papers):
    corrections = corrections_of(
        ("different", "p1#1", "p2#1"),
        ("same", "p1#1", "p5#1"),
        ("same", "p5#1", "p2#1"),
        ("hide_name", "p1#1", "p1#1"),
    )
    resolution = resolve(*tables(papers), corrections=corrections)
    author = author_of(resolution)
    assert author["p1#1"] != author["p2#1"]
    assert resolution.unmet_corrections.num_rows == 1


def test_equal_orcids_join_across_family_names(tables):
    works = [
        {
            "id": "o1",
            "title": "On moss",
            "authors": ["Zenobia Thackeray"],
            "orcids": {1: "0000-0002-1825-0097"},
        },
        {
            "id": "o2",
            "title": "On glass",
            "authors": ["Zenobia Halloran"],
            "orcids": {1: "https://orcid.org/0000-0002-1825-0097"},
        },
    ]
    resolution = resolve(*tables(works))
    assert len(people(resolution.clusters)) == 1
    assert resolution.links["decided_by"].to_pylist() == ["orcid"]


def test_an_orcid_never_overrides_an_impossible_name(tables):
    works = [
        {"id": "o1", "authors": ["Zenobia Thackeray"], "orcids": {1: "0000-0002-1825-0097"}},
        {"id": "o2", "authors": ["Zacharias Thackeray"], "orcids": {1: "0000-0002-1825-0097"}},
        {"id": "o3", "authors": ["Robert Halloran"], "orcids": {1: "0000-0002-1825-0097"}},
    ]
    assert len(people(resolve(*tables(works)).clusters)) == 3


def test_an_orcid_on_two_names_of_one_work_says_nothing(tables):
    works = [
        {
            "id": "o1",
            "authors": ["Zenobia Thackeray", "Wei Zhang"],
            "orcids": {1: "0000-0002-1825-0097", 2: "0000-0002-1825-0097"},
        },
        {"id": "o2", "title": "On glass", "authors": ["Wei Zhang"], "orcids": {1: "0000-0002-1825-0097"}},
    ]
    author = author_of(resolve(*tables(works)))
    assert author["o1#2"] != author["o2#1"]


def test_resolve_block_is_resolve(tables, papers):
    mentions, works = tables(papers)
    whole = resolve(mentions, works).clusters
    joined = pl.from_arrow(mentions).join(pl.from_arrow(works), on="work_id").to_arrow()
    assert resolve_block(joined).equals(whole)
    assert resolve_block(joined).schema == CLUSTERS


def test_oversize_blocks_are_split_and_joined_again(tables, papers, monkeypatch):
    whole = people(resolve(*tables(papers)).clusters)
    monkeypatch.setattr(blocking, "WHOLE_BLOCK", 3)
    assert people(resolve(*tables(papers)).clusters) == whole


FAMILIES = ("Thackeray", "Zhang", "Garcia-Molina", "Grünwald")
GIVENS = ("Wei", "W.", "Zenobia", "Z. M.", "Jean-Pierre", "Ada M.", "Ada")
name = st.builds("{} {}".format, st.sampled_from(GIVENS), st.sampled_from(FAMILIES))
paper = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Sparse grids", "Coral bleaching", "Sparse coral grids", "Heavy bosons"]),
        "authors": st.lists(name, min_size=1, max_size=4),
        "year": st.one_of(st.none(), st.integers(1990, 2026)),
    }
)
corpora = st.lists(paper, min_size=1, max_size=9).map(
    lambda rows: [{"id": f"w{k:02d}", **row} for k, row in enumerate(rows)]
)


@settings(max_examples=25, deadline=None)
@given(works=corpora, shuffler=st.randoms(use_true_random=False))
def test_order_batches_and_workers_change_nothing(tables, works, shuffler):
    mentions, table = tables(works)
    first = resolve(mentions, table, threads=1)
    rows = list(range(mentions.num_rows))
    shuffler.shuffle(rows)
    papers_order = list(range(table.num_rows))
    shuffler.shuffle(papers_order)
    limit = blocking.BATCH_PAIRS
    try:
        blocking.BATCH_PAIRS = 3
        second = resolve(mentions.take(rows), table.take(papers_order), threads=2)
    finally:
        blocking.BATCH_PAIRS = limit
    assert first.clusters.equals(second.clusters)
    assert first.links.equals(second.links)


@settings(max_examples=25, deadline=None)
@given(works=corpora, chooser=st.randoms(use_true_random=False))
def test_every_mention_once_same_work_apart_and_corrections_hold(tables, works, chooser):
    mentions, table = tables(works)
    ids = mentions["mention_id"].to_pylist()
    work_of = dict(zip(ids, mentions["work_id"].to_pylist(), strict=True))
    pairs = [tuple(chooser.sample(ids, 2)) for _ in range(3)] if len(ids) > 1 else []
    rows = [(chooser.choice(["same", "different"]), *pair) for pair in pairs]
    corrections = corrections_of(*rows) if rows else None
    resolution = resolve(mentions, table, corrections=corrections)
    author = author_of(resolution)
    assert sorted(author) == sorted(ids)
    unmet = {frozenset(row.values()) for row in resolution.unmet_corrections.to_pylist()}
    different = {frozenset(row[1:]) for row in rows if row[0] == "different"}
    groups = defaultdict(set)
    for kind, left, right in rows:
        if kind == "different":
            assert author[left] != author[right]
        elif frozenset((left, right)) not in unmet and frozenset((left, right)) not in different:
            assert author[left] == author[right]
            groups[author[left]] |= {left, right}
    for members in people(resolution.clusters):
        free = [m for m in members if not any(m in group for group in groups.values())]
        assert len({work_of[m] for m in free}) == len(free)


def test_a_generated_corpus_is_recovered(tables):
    """People with steady co-authors, their names abbreviated and reordered at random, come back whole."""
    chooser = random.Random(7)
    circles = [
        [f"{given} {family}" for given, family in zip(("Zenobia", "Ottilie", "Ivo", "Quentin"), families, strict=True)]
        for families in (
            ("Thackeray", "Grünwald-Xu", "Halloran", "Brzezicki"),
            ("Oyelaran", "Vuokko", "Saltykova", "Etxeberria"),
        )
    ]
    works, truth = [], {}
    for k in range(24):
        circle = chooser.choice(circles)
        authors = chooser.sample(circle, 3)
        printed = [a if chooser.random() < 0.7 else f"{a[0]}. {a.split(' ', 1)[1]}" for a in authors]
        works.append({"id": f"c{k:02d}", "title": "A study", "authors": printed})
        truth |= {f"c{k:02d}#{place}": author for place, author in enumerate(authors, start=1)}
    found = people(resolve(*tables(works)).clusters)
    expected = defaultdict(set)
    for mention, person in truth.items():
        expected[person].add(mention)
    assert found == {frozenset(members) for members in expected.values()}
