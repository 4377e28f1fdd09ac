"""What a run changed, as readers see it: `marts.changes` over days of the small world."""

import shutil

import pytest

from pipeline.sources.pages import Source
from pipeline.steps import works

from .bench import Bench
from .small_world import ADA, PAPERS, WORKS, json_lines, paper

WITHDRAWN = {
    "comments": "This paper has been withdrawn by the author",
    "versions": [
        {"version": "v1", "created": "Mon, 1 Mar 2021 09:30:00 GMT"},
        {"version": "v2", "created": "Fri, 5 Mar 2021 10:00:00 GMT"},
    ],
}


def changes(bench, run_id):
    return bench.rows(
        "SELECT entity, entity_id, change, detail FROM marts.changes WHERE run_id = ? AND entity = 'work' ORDER BY ALL",
        run_id,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two papers, read and built; every test has a copy."""
    bench = Bench(tmp_path_factory.mktemp("two"))
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[:2]))
    bench.build(run_id="first")
    return bench.folder


@pytest.fixture
def first(built, tmp_path):
    return Bench(shutil.copytree(built, tmp_path / "first"))


def test_what_comes_first_is_added(first):
    assert changes(first, "first") == [("work", f"arxiv:{line['id']}", "added", line["title"]) for line in PAPERS[:2]]
    ((minted, authors),) = first.rows(
        "SELECT count(*), (SELECT count(*) FROM marts.authors) FROM marts.changes WHERE change = 'minted'"
    )
    assert minted == authors > 0


def test_a_run_without_anything_new_adds_nothing_and_keeps_what_was(first):
    before = first.rows("FROM marts.changes ORDER BY ALL")
    assert first.build(run_id="second")["works_changed"] == 0
    assert first.rows("FROM marts.changes ORDER BY ALL") == before


def test_a_step_executed_again_in_its_run_doubles_nothing(first):
    before = first.rows("FROM marts.changes ORDER BY ALL")
    first.build(run_id="first")
    assert first.rows("FROM marts.changes ORDER BY ALL") == before


def test_an_update_names_its_fields_and_a_withdrawal_stands_by_itself(first):
    changed = paper("2103.00002", [ADA, ["Babbage", "C.", ""]], title="Another title", **WITHDRAWN)
    first.land(Source.ARXIV_SNAPSHOT, json_lines([changed]), minutes=5)
    first.build(run_id="second")
    assert changes(first, "second") == [
        (
            "work",
            "arxiv:2103.00002",
            "updated",
            "comments, first_submitted_at, is_withdrawn, last_updated_at, title, versions",
        ),
        ("work", "arxiv:2103.00002", "withdrawn", "Another title"),
    ]


def test_a_score_that_changes_says_by_which_component_and_how_much(first):
    first.land(Source.OPENALEX_WORKS, json_lines(WORKS[:1]), minutes=5)
    first.build(run_id="second")
    told = first.rows(
        "SELECT entity_id, part, points_before, points_after, detail FROM marts.changes"
        " WHERE run_id = 'second' AND change = 'score_changed' ORDER BY ALL"
    )
    assert {part for _, part, *_ in told} >= {"orcid", "sources"}
    for author_id, part, before, after, detail in told:
        assert before != after
        assert f"{part} from {before:.2f} to {after:.2f} points." in detail
        assert first.rows(
            "SELECT points FROM marts.trust_reasons WHERE author_id = ? AND component = ?", author_id, part
        ) == [(after,)]


def test_a_run_that_broke_off_before_telling_is_told_by_the_next(first):
    first.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[2:3]), minutes=5)
    first.read(run_id="broken")
    with first.warehouse.write() as con:
        works.build_works(con, run_id="broken")
    first.build(run_id="next")
    assert [row[:3] for row in changes(first, "broken")] == [("work", f"arxiv:{PAPERS[2]['id']}", "added")]
