"""Lists of related papers: what is near, why, in which order, and the same however they are made."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.related import Corpus, corpus, count, kept_terms, lists, neighbours, reached, related, terms, vectors

WORDS = ("distillation", "teacher", "student", "lattice", "quark", "gluon", "graph", "of", "the", "network")
FIELDS = ("cs.LG", "hep-lat", None)

work = st.fixed_dictionaries(
    {
        "title": st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join),
        "abstract": st.none() | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
        "subject": st.sampled_from(FIELDS),
        "references": st.lists(st.integers(0, 15), max_size=4, unique=True),
    }
)
worlds = st.lists(work, min_size=1, max_size=14)


def works_of(world):
    """The works of a world, sorted, and what they cite; the last numbers are works that are not there."""
    frame = pl.DataFrame(
        [{"work_id": f"arxiv:{n:04}", **one} for n, one in enumerate(world)],
        schema={
            "work_id": pl.String,
            "title": pl.String,
            "abstract": pl.String,
            "subject": pl.String,
            "references": pl.List(pl.Int64),
        },
    )
    cited = (
        frame.select("work_id", reference="references")
        .explode("reference")
        .drop_nulls()
        .with_columns(pl.format("arxiv:{}", pl.col("reference").cast(pl.String).str.zfill(4)))
    )
    return frame.drop("references"), cited.filter(pl.col("reference") != pl.col("work_id"))


def world_of(*titles, references=()):
    works = pl.DataFrame(
        {
            "work_id": pl.Series([f"arxiv:{n:04}" for n in range(len(titles))], dtype=pl.String),
            "title": pl.Series(titles, dtype=pl.String),
            "abstract": pl.Series([None] * len(titles), dtype=pl.String),
            "subject": pl.Series([None] * len(titles), dtype=pl.String),
        }
    )
    schema = {"work_id": pl.String, "reference": pl.String}
    return works, pl.DataFrame(
        [(f"arxiv:{one:04}", other if isinstance(other, str) else f"arxiv:{other:04}") for one, other in references],
        schema=schema,
        orient="row",
    )


def compared(works, references) -> Corpus:
    statistics = count(works, references)
    kept = [pl.DataFrame(schema=vectors.KEPT_TERMS), *kept_terms(works, statistics)]
    return corpus(pl.concat(kept), references, statistics)


def all_lists(found: Corpus, rows=None, threads=1):
    rows = np.arange(found.work_ids.len()) if rows is None else rows
    frames = [pl.DataFrame(pl.from_arrow(one.papers)) for one in related(found, rows, threads=threads)]
    return pl.concat(frames) if frames else None


def near(found, work_id):
    return found.filter(pl.col("work_id") == work_id)


def test_shared_words_and_phrases_are_the_reason_each_told_once():
    found = all_lists(
        compared(
            *world_of(
                "Knowledge distillation of students", "On knowledge distillation", "Quarks", "A lattice of quarks"
            )
        )
    )
    assert near(found, "arxiv:0000")["related_work_id"].to_list() == ["arxiv:0001"]
    assert near(found, "arxiv:0000")["shared_terms"].to_list() == [["knowledge distillation"]]
    assert near(found, "arxiv:0002")["shared_terms"].to_list() == [["quarks"]]


def test_a_number_is_no_reason():
    works, references = world_of("Lattices in 2008", "Lattices of 2008 and 2d quarks", "2008 students", "2d teachers")
    found = all_lists(compared(works, references))
    terms_of = {term for terms in found["shared_terms"] for term in terms}
    assert "2d" in terms_of
    assert not any(term.isdecimal() for term in terms_of)


def test_words_meet_in_their_stem_and_are_shown_as_commonly_spelt():
    found = all_lists(compared(*world_of("Distilling", "Distillation", "Distillation", "Quark", "Gluon", "Higgs")))
    assert near(found, "arxiv:0000")["shared_terms"].to_list() == [["distillation"]] * 2


def test_a_phrase_does_not_run_from_the_title_into_the_abstract():
    works, references = world_of("Deep quark", "Quark matter", "Gluon", "Higgs")
    works = works.with_columns(abstract=pl.Series(["matter", None, None, None], dtype=pl.String))
    assert "quark matter" not in count(works, references).terms["word"].to_list()


def test_shared_and_direct_references_bring_papers_together():
    titles = [f"title{n}" for n in range(6)]
    cited = [(0, "openalex:W1"), (1, "openalex:W1"), (2, 3), (4, "openalex:W2"), (5, "openalex:W3")]
    found = all_lists(compared(*world_of(*titles, references=cited)))
    pairs = {(one, other): shared for one, _, other, _, shared, _ in found.rows()}
    assert pairs == {
        ("arxiv:0000", "arxiv:0001"): ["openalex:W1"],
        ("arxiv:0001", "arxiv:0000"): ["openalex:W1"],
        ("arxiv:0002", "arxiv:0003"): ["arxiv:0003"],
        ("arxiv:0003", "arxiv:0002"): ["arxiv:0003"],
    }


def test_both_lists_count_and_equal_scores_go_by_work_id():
    titles = ("quark one", "quark two", "gluon", "quark three", "higgs", "boson")
    found = near(all_lists(compared(*world_of(*titles, references=[(0, 2)]))), "arxiv:0000")
    assert found["related_work_id"].to_list() == ["arxiv:0001", "arxiv:0002", "arxiv:0003"]
    assert found["score"].to_list() == [round(1 / 61, 6), round(1 / 61, 6), round(1 / 62, 6)]


def test_a_telling_word_weighs_more_than_a_rare_one_of_all_fields():
    works, references = world_of(*(["quark"] * 20 + ["lattice"] * 20), *(["improving"] * 10 + ["graph"] * 10) * 2)
    works = works.with_columns(subject=pl.Series((["hep"] * 20 + ["math"] * 20) * 2))
    weights = dict(count(works, references).terms.select("term", "weight").rows())
    assert weights["quark"] == weights["lattice"] > 4 * weights["improvi"]


def test_nothing_and_one_work_have_no_lists():
    works, references = world_of()
    assert all_lists(compared(works, references)) is None
    assert all_lists(compared(*world_of("Alone"))).is_empty()


def test_a_sample_is_counted_where_the_texts_are_too_many(monkeypatch):
    monkeypatch.setattr("pipeline.related.statistics.MOST_LETTERS", 60)
    works, references = world_of(*(["quark gluon"] * 10))
    counted = count(works, references).terms
    assert counted["works"].unique().to_list() == [10]


@pytest.mark.parametrize("most", [1, 3, 200])
@pytest.mark.parametrize("looked_at", [10, 4_000])
def test_what_is_found_is_what_comparing_all_pairs_finds(most, looked_at, monkeypatch):
    rng = np.random.default_rng(7)
    titles = [" ".join(rng.choice(WORDS, size=rng.integers(1, 6))) for _ in range(60)]
    monkeypatch.setattr(vectors, "MOST_LOOKED_AT", looked_at)
    made = compared(*world_of(*titles)).terms
    rows, least = np.arange(60), np.array([0.1, 0.3] * 30) * vectors.SCALE**2
    found = neighbours.nearest(made, rows, neighbours.searchable(made.matrix), most=most, least=least)
    by_all = neighbours.in_common(made, rows[found.place], found.row).sum(axis=1)
    dense, dense_by_all = (made.asking @ made.matrix.T).toarray(), (made.matrix @ made.matrix.T).toarray()
    for row in rows:
        wanted = sorted((-dense[row, other], other) for other in rows if other != row)
        wanted = [(other, -value) for value, other in wanted if -value >= least[row]][:most]
        mine = found.place == row
        assert list(zip(found.row[mine], found.similarity[mine], strict=True)) == wanted
        assert np.asarray(by_all).ravel()[mine].tolist() == [dense_by_all[row, other] for other, _ in wanted]


def test_a_work_asks_by_its_most_telling_terms_until_they_lead_to_enough_works(monkeypatch):
    monkeypatch.setattr(vectors, "MOST_LOOKED_AT", 5)
    titles = ["graph lattice quark", "graph", "lattice", "graph lattice", "graph", "quark", "higgs", "boson"]
    made = compared(*world_of(*titles)).terms
    asked = [made.names.gather(row.indices).to_list() for row in made.asking]
    # Two works have "graph lattice", two "quark", three "lattice" and four "graph".
    assert asked[0] == ["graph lattice", "quark", "lattice"]
    assert asked[1] == ["graph"]


@settings(max_examples=12, deadline=None)
@given(worlds, st.randoms(use_true_random=False), st.integers(1, 5), st.integers(1, 5), st.integers(1, 3))
def test_order_of_rows_batches_and_threads_change_nothing(world, random, at_once, columns, threads):
    works, references = works_of(world)
    plain = all_lists(compared(works, references))
    shuffled = pl.Series(random.sample(range(references.height), references.height), dtype=pl.UInt32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "WORKS_AT_ONCE", at_once)
        patch.setattr(neighbours, "COLUMNS_AT_ONCE", columns)
        patch.setattr(terms, "TEXTS_AT_ONCE", at_once)
        again = all_lists(compared(works, references[shuffled]), threads=threads)
    assert again.equals(plain)


@settings(max_examples=25, deadline=None)
@given(worlds)
def test_lists_are_what_they_say(world):
    works, references = works_of(world)
    found = all_lists(compared(works, references))
    assert found.filter(pl.col("work_id") == pl.col("related_work_id")).is_empty()
    assert found.filter(
        (pl.col("shared_terms").list.len() == 0) & (pl.col("shared_references").list.len() == 0)
    ).is_empty()
    by_work = found.group_by("work_id", maintain_order=True).agg(
        ranks=pl.col("rank"), score=pl.col("score"), ids=pl.col("related_work_id")
    )
    for _, ranks, scores, ids in by_work.rows():
        assert ranks == list(range(1, len(ranks) + 1))
        assert sorted(zip((-one for one in scores), ids, strict=True)) == [
            (-s, i) for s, i in zip(scores, ids, strict=True)
        ]
        assert len(set(ids)) == len(ids)


def test_a_work_reaches_the_lists_that_it_enters():
    found = compared(*world_of("quark matter", "quark gluon", "higgs boson", "boson"))
    whole = pl.concat([one.bars for one in related(found, np.arange(4), threads=1)])
    assert reached(found, np.array([0]), whole).tolist() == [0, 1]
    no_list = whole.with_columns(terms_bar=pl.lit(None, dtype=pl.Int64), references_bar=pl.lit(None, dtype=pl.Int64))
    assert reached(found, np.array([0]), no_list).tolist() == []
