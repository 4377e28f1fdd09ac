"""Levels of each comparison, on two works at a time."""

import numpy as np
import pytest

from pipeline.resolve.comparisons import LEVELS, compare
from pipeline.resolve.counts import shipped_counts
from pipeline.resolve.evidence import read_evidence
from pipeline.resolve.inputs import checked_input
from pipeline.resolve.pairs import pair_space
from pipeline.resolve.topics import shipped_topics


@pytest.fixture
def level(tables):
    def of(comparison, one, other):
        works = [
            {"id": f"w{k}", "authors": ["Wei Zhang"], **columns} for k, columns in enumerate((one, other), start=1)
        ]
        evidence = read_evidence(checked_input(*tables(works)), shipped_counts(), shipped_topics())
        rows = np.flatnonzero(np.isin(evidence.name, evidence.name[0]))
        levels = [
            int(compare(evidence, order, pair_space(np.array([2]))).levels[comparison][0])
            for order in (rows, rows[::-1])
        ]
        assert levels[0] == levels[1]
        return LEVELS[comparison][levels[0] - 1] if levels[0] else None

    return of


def bylines(*others):
    return {"authors": ["Wei Zhang", *others]}


@pytest.mark.parametrize(
    ("comparison", "one", "other", "expected"),
    [
        ("coauthors", bylines(), bylines("Ada Quist"), None),
        ("coauthors", bylines("Ivo Vuokko"), bylines("Ada Quist"), "none shared, one name to share"),
        ("coauthors", bylines("Ottilie Grünwald-Xu"), bylines("O. Grünwald-Xu"), "shared bits 18 to 24"),
        (
            "coauthors",
            bylines(*(f"Ivo{'abcdefghij'[k % 10]} Vuokko{'abcdefghij'[k // 10]}" for k in range(60))),
            bylines(*(f"Ada{'abcdefghij'[k % 10]} Quistx{'abcdefghij'[k // 10]}" for k in range(60))),
            "long bylines, none shared",
        ),
        ("title", {"title": "Sparse grids"}, {"title": "Coral reefs"}, "nothing shared"),
        ("title", {"title": "Sparse grids"}, {"title": "SPARSE GRIDS!"}, "cosine 0.65 or more"),
        ("title", {"title": "Sparse grids"}, {"title": ""}, None),
        ("title", {"title": "Sparse grids"}, {"title": None}, None),
        ("topic", {"title": "Redshift of galaxies"}, {"title": "Lensed quasars"}, "cosine 0.9 or more"),
        ("topic", {"title": "Redshift of galaxies"}, {"title": "A treebank parser"}, "cosine 0 to 0.1"),
        ("topic", {"title": "Redshift of galaxies"}, {"title": "Qzx"}, None),
        ("topic", {"title": "Redshift"}, {"title": "Qzx", "venue": "Astron. Astrophys."}, "cosine 0.7 to 0.8"),
        ("year", {"year": 2001}, {"year": 2001}, "years apart under 1"),
        ("year", {"year": 2001}, {"year": 1950}, "years apart 26 or more"),
        ("year", {"year": 2001}, {"year": None}, None),
        ("venue", {"venue": "Phys. Rev. D 12, 3"}, {"venue": "phys rev d 77"}, "same venue"),
        ("venue", {"venue": "ACL"}, {"venue": "Nature"}, "different venue"),
        ("categories", {"categories": ["cs.LG"]}, {"categories": ["cs.LG"]}, "cosine 0.95 or more"),
        ("categories", {"categories": ["cs.LG"]}, {"categories": []}, None),
        ("references", {"references": ["a", "b", "c"]}, {"references": ["b", "c"]}, "shared references 2 to 3"),
        ("email", {"emails": {1: "a@x.org"}}, {"emails": {1: "A@X.org"}}, "same address"),
        ("email", {"emails": {1: "a@x.org"}}, {"emails": {1: "b@x.org"}}, "same domain"),
        ("email", {"emails": {1: "a@x.org"}}, {"emails": {1: "a@y.org"}}, "different domain"),
        ("orcid", {"orcids": {1: "0000-0002-1825-0097"}}, {"orcids": {1: "0000-0001-5109-3700"}}, "different"),
        ("affiliation", {"affiliations": {1: "Aalto University"}}, {"affiliations": {}}, None),
        (
            "affiliation",
            {"affiliations": {1: "Aalto University, Espoo"}},
            {"affiliations": {1: "University of Nowhere"}},
            "cosine under 0.1",
        ),
    ],
)
def test_level(level, comparison, one, other, expected):
    assert level(comparison, one, other) == expected


def test_a_batch_of_very_many_units_keeps_its_names_apart(tables):
    """Units times names passes 2^31: place arithmetic must be wide."""
    works = [{"id": f"w{k:05d}", "authors": [f"Wei Zhang{k:05d}"]} for k in range(50_000)]
    evidence = read_evidence(checked_input(*tables(works)), shipped_counts(), shipped_topics())
    rows = np.repeat(np.arange(50_000), 2)
    levels = compare(evidence, rows, pair_space(np.full(50_000, 2))).levels["name"]
    assert set(levels.tolist()) == {LEVELS["name"].index("same") + 1}
