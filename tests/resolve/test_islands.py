"""What a change can reach: ties within a unit, and nothing else."""

import polars as pl
import pytest

from pipeline.resolve import compatible_clusters, partner_ties, shipped_model, standing_mentions, tied_mentions

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


def proposed(*names):
    """Proposed pairs of clusters `c<k>`, `o<k>`: the block and first name of each."""
    rows = [
        {
            "cluster": f"c{place}",
            "block": block,
            "first": first,
            "tokens": first,
            "middles": "",
            "other": f"o{place}",
            "other_block": other_block,
            "other_first": other,
            "other_tokens": other,
            "other_middles": "",
        }
        for place, (block, first, other_block, other) in enumerate(names)
    ]
    return pl.DataFrame(rows)


def test_clusters_of_two_units_fit_by_their_names():
    pairs = compatible_clusters(
        proposed(
            ("quist|j", "jean", "quist|j", "j"),  # an initial
            ("quist|j", "jean", "quist|j", "jean"),  # one unit
            ("quist|j", "jean", "quist|j", "julia"),  # impossible
            ("halloran|r", "robert", "halloran|b", "bob"),  # two blocks
            ("halloran|r", "robert", "halloran|r", "rob"),  # one unit: the block is not split
        ),
        large_blocks=frozenset({"quist|j"}),
        model=shipped_model(),
    )
    assert pairs.rows() == [("c0", "o0"), ("c3", "o3")]


def test_eight_evenly_spaced_mentions_stand_for_a_cluster():
    members = pl.DataFrame(
        [(f"a{place:02}", "a00", "quist|j", "jean" if place % 2 else "j") for place in range(22)]
        + [("b0", "b0", "quist|j", "j"), ("c0", "c0", "quist|m", "m"), ("d0", "d0", "quist|m", "marie")],
        schema=["mention_id", "cluster", "block", "first"],
        orient="row",
    ).reverse()
    pairs = pl.DataFrame({"cluster": ["a00"] * 3, "other": ["b0", "c0", "d0"]})
    in_one_block, in_two = standing_mentions(pairs, members).rows()
    assert in_one_block == ("a00", "b0", ["a00", "a03", "a06", "a09", "a12", "a15", "a18", "a21"], ["b0"])
    # Written-out names only; c0 has none.
    assert in_two == ("a00", "d0", ["a01", "a03", "a05", "a09", "a11", "a15", "a17", "a21"], ["d0"])


def test_nothing_proposed_ties_nothing(tables):
    none = compatible_clusters(
        proposed(("x|y", "y", "x|y", "y")).clear(), large_blocks=frozenset(), model=shipped_model()
    )
    members = pl.DataFrame(schema=dict.fromkeys(("mention_id", "cluster", "block", "first"), pl.String))
    met = standing_mentions(none, members)
    mentions, works = (table.slice(0, 0) for table in tables(WORKS))
    assert partner_ties(mentions, works, met, model=shipped_model()).num_rows == 0
