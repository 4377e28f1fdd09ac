"""The shipped model file, and deriving one."""

import json

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline.resolve import ResolverInputError, shipped_model
from pipeline.resolve.comparisons import LEVELS
from pipeline.resolve.counts import COUNTS, COUNTS_FILE, counts_digest, derive_counts, shipped_counts
from pipeline.resolve.fit import SCALES, _cumulative, derived_model
from pipeline.resolve.model import MODEL_FILE, model_from
from pipeline.resolve.terms import no_terms, terms_of
from pipeline.resolve.topics import TOPICS, TOPICS_FILE, UNIT, derive_topics, shipped_topics, topics_from, work_topics


@pytest.fixture
def document():
    return json.loads(MODEL_FILE.read_text(encoding="utf-8"))


def test_every_level_has_a_weight_and_missing_weighs_nothing():
    for comparison, weights in shipped_model().weights.items():
        assert len(weights) == len(LEVELS[comparison]) + 1
        assert weights[0] == 0.0


@pytest.mark.parametrize(
    "comparison", ["affiliation", "title", "abstract", "keywords", "topic", "categories", "references"]
)
def test_more_agreement_never_weighs_less(comparison):
    weights = shipped_model().weights[comparison][1:]
    assert (np.diff(weights) >= 0).all()
    assert weights[0] < 0 or comparison == "abstract"


def test_scales_begin_existing_labels():
    for comparison, scales in SCALES.items():
        for prefix, _ in scales:
            assert any(label.startswith(prefix) for label in LEVELS[comparison])


def test_a_model_of_other_levels_is_refused(document):
    document["comparisons"]["venue"]["same stable"] = 1.0
    with pytest.raises(ResolverInputError, match="disagree about level 'same stable' of venue"):
        model_from(document, shipped_counts(), shipped_topics())


def test_the_counts_file_is_small_and_sorted():
    counts = shipped_counts()
    assert dict(counts.schema) == COUNTS
    assert counts.equals(counts.sort("kind", "key"))
    assert COUNTS_FILE.stat().st_size < 3_000_000


def test_counts_of_a_small_corpus():
    corpus = pl.DataFrame(
        {
            "title": ["Sparse grids"] * 12 + ["Coral reefs"] * 12,
            "authors": [["Wei Zhang", "Ottilie Quist"]] * 12 + [["Wei Zhang", "Ivo Halloran"]] * 12,
        }
    )
    affiliations = ["Aalto University", "Aalto University", "Rice University", "Ghent University"]
    counts = derive_counts(corpus, pl.Series(affiliations))
    found = {(r["kind"], r["key"]): (r["mentions"], r["groups"]) for r in counts.to_dicts()}
    assert found["full", "zhang|wei"] == (24, 2)
    assert found["block", "quist|o"] == (12, 1)
    assert found["family", "zhang"] == (24, 0)
    assert found["all", "all"] == (48, 24)
    assert ("term", "coral") not in found
    assert found["affiliation", ""] == (3, 0)
    assert found["affiliation", "univers"] == (3, 0)
    assert ("affiliation", "aalto") not in found


def test_topics_of_a_small_corpus_tell_its_subjects_apart():
    subjects = [
        (["stars shine", "stars burn", "suns burn", "suns shine"], "astro", "Sky Letters"),
        (["cells divide", "cells grow", "tissues grow", "tissues divide"], "bio", "Life Letters"),
    ]
    rows = [
        {"title": title, "journal_ref": journal, "categories": [category]}
        for titles, category, journal in subjects
        for title in titles
        for _ in range(40)
    ]
    topics = topics_from(derive_topics(pl.DataFrame(rows)))
    fields = {
        "title": terms_of(pl.Series(["stars", "suns", "cells", "unheard"])),
        "abstract": no_terms(4),
        "keywords": no_terms(4),
        "venue": terms_of(pl.Series([None, None, None, "Sky"])),
    }
    vectors = work_topics(fields, 4, topics).astype(float) / UNIT
    near = vectors @ vectors.T
    assert near[0, 1] > 0.8
    assert near[0, 3] > 0.8
    assert near[0, 2] < 0.2


def test_the_topics_file_is_small_and_sorted():
    table = pl.read_parquet(TOPICS_FILE)
    assert dict(table.schema) == TOPICS
    assert table.select("kind", "key").equals(table.select("kind", "key").sort("kind", "key"))
    assert TOPICS_FILE.stat().st_size < 3_000_000


def test_the_weights_were_derived_with_the_shipped_counts_and_topics(document):
    assert document["derivation"]["counts"] == counts_digest(shipped_counts())
    assert document["derivation"]["topics"] == shipped_topics().digest()


def test_steps_and_gradients_agree():
    """The way back is the transpose of the way forth."""
    chooser = np.random.default_rng(3)
    climbs, rising = np.array([3, 4, 6]), np.array([1.0, 1.0, -1.0])
    theta_of, back = _cumulative(8, climbs, rising)
    steps, gradient = chooser.normal(size=8), chooser.normal(size=8)
    assert theta_of(steps) @ gradient == pytest.approx(steps @ back(gradient))
    theta = theta_of(np.abs(steps))
    assert theta[2] <= theta[3] <= theta[4]
    assert theta[5] >= theta[6]


def test_weights_derived_from_a_labelled_set_prefer_shared_coauthors(tables, tmp_path):
    """Two people of one name, each with a steady co-author: the fit must find what tells them apart."""
    partners = {"one": "Ottilie Grünwald-Xu", "two": "Zenobia Thackeray"}
    works = [
        {"id": f"{who}{k}", "title": f"Study {k}", "authors": ["Wei Zhang", partner], "year": 2000 + k}
        for who, partner in partners.items()
        for k in range(12)
    ]
    mentions, papers = tables(works)
    pq.write_table(mentions, tmp_path / "mentions.parquet")
    pq.write_table(papers, tmp_path / "works.parquet")
    pl.from_arrow(mentions).select(
        "mention_id", gold_author=pl.when(pl.col("position") == 1).then(pl.col("work_id").str.slice(0, 3))
    ).write_parquet(tmp_path / "gold.parquet")
    derived = derived_model([tmp_path], [], shipped_counts(), shipped_topics())
    weights = derived["comparisons"]["coauthors"]
    assert weights["shared bits 18 to 24"] > 3.0
    assert weights["none shared, one name to share"] < 0.0
    assert derived == derived_model([tmp_path], [], shipped_counts(), shipped_topics())
    assert model_from(derived, shipped_counts(), shipped_topics()).version == derived["version"]
