"""Every asset and every check once, from a replica of both sources to the published file."""

import pytest

from pipeline.definitions import defs
from pipeline.schemas import TABLES, VIEWS, layer
from tests.steps.bench import OF_THE_LANDING, contents

from .conftest import Operator

RECEIVED = 10 + 8 + 1 + 2
"""Papers, works, authors and institutions of the small world; some come on more than one page."""


@pytest.fixture(scope="module")
def graph(tmp_path_factory, module_patch, world_folder):
    """A fetch and a transform, both looked at by the tests below."""
    someone = Operator(tmp_path_factory.mktemp("graph"), module_patch)
    with someone.instance, someone.replica(world_folder):
        someone.fetched = someone.fetch()
        someone.transformed = someone.run("transform")
        yield someone


def metadata(result, key):
    (event,) = [
        event for event in result.get_asset_materialization_events() if event.asset_key.to_user_string() == key
    ][-1:]
    return {name: value.value for name, value in event.step_materialization_data.materialization.metadata.items()}


def test_both_runs_succeed(graph):
    assert graph.fetched.success
    assert graph.transformed.success


def test_every_asset_but_the_other_doors_is_materialised(graph):
    made = {
        event.asset_key
        for result in (graph.fetched, graph.transformed)
        for event in result.get_asset_materialization_events()
    }
    all_keys = set(defs.resolve_asset_graph().get_all_asset_keys())
    assert {key.to_user_string() for key in all_keys - made} == {
        "raw/seed_pages",
        "raw/snapshot_pages",
        "raw/openalex_snapshot_pages",
        "resolved/corrections",
    }


def test_every_check_is_run_and_passes_but_the_share_of_rejects(graph):
    evaluations = graph.transformed.get_asset_check_evaluations()
    assert {evaluation.asset_check_key for evaluation in evaluations} == set(
        defs.resolve_asset_graph().asset_check_keys
    )
    # Two of some twenty records break a rule in the small world, which is over any sensible share.
    assert [evaluation.check_name for evaluation in evaluations if not evaluation.passed] == ["rejected_share"]


def test_every_table_shows_its_rows(graph):
    filled = set(TABLES) - {"resolved.corrections"} - VIEWS
    shown = {name: metadata(graph.transformed, name.replace(".", "/"))["dagster/row_count"] for name in filled}
    assert shown == {name: graph.rows(f"SELECT count(*) FROM {name}")[0][0] for name in filled}


def test_days_are_partitions(graph):
    for name in ("arxiv_pages", "arxiv_changes", "openalex_pages"):
        key = next(key for key in defs.resolve_asset_graph().get_all_asset_keys() if key.path[-1] == name)
        assert graph.instance.get_materialized_partitions(key) == {"2021-03-01", "2021-03-02", "2021-03-03"}


def test_each_partition_shows_its_own_count_beside_the_run_s(graph):
    shown = {}
    for event in graph.fetched.get_asset_materialization_events():
        values = event.step_materialization_data.materialization.metadata
        name = event.asset_key.path[-1]
        day = (event.partition, values["dagster/partition_row_count"].value, values["run_received"].value)
        shown.setdefault(name, []).append(day)
    days = ("2021-03-01", "2021-03-02", "2021-03-03")
    assert shown["arxiv_pages"] == list(zip(days, (4, 3, 3), (10, 10, 10), strict=True))
    assert [count for _, count, _ in shown["openalex_pages"]] == [0, 8, 0]


def test_received_is_accepted_and_rejected(graph):
    counts = metadata(graph.transformed, "staging/page_loads")
    assert counts["received"] == counts["accepted"] + counts["rejected"] >= RECEIVED
    assert graph.rows("SELECT sum(received), sum(accepted), sum(rejected) FROM staging.page_loads") == [
        (counts["received"], counts["accepted"], counts["rejected"])
    ]
    assert graph.rows("SELECT sum(received) FROM raw.pages") == [(counts["received"],)]
    assert graph.rows("SELECT count(*) FROM staging.rejected") == [(counts["rejected"],)]
    assert counts["rejected"] >= 2


def test_the_figures_of_the_run_are_shown_and_drawn(graph):
    shown = metadata(graph.transformed, "resolved/quality")
    assert shown["cluster sizes"].startswith("![Cluster sizes](data:image/png;base64,")
    assert shown["match weights"].startswith("![")
    assert (shown["self mentions"], shown["orcid b3_f1"]) == graph.rows(
        "SELECT (SELECT count(*) FROM staging.mentions)::DOUBLE, value FROM resolved.quality"
        " WHERE gold_set = 'orcid' AND slice = 'all' AND metric = 'b3_f1'"
    )[0]


def test_every_mart_has_a_preview_the_views_too(graph):
    marts = {name for name in TABLES if layer(name) == "marts"}
    previews = {name: metadata(graph.transformed, name.replace(".", "/"))["preview"] for name in marts}
    empty = {name for name in marts if not graph.rows(f"SELECT 1 FROM {name} LIMIT 1")}
    assert {name for name, preview in previews.items() if preview == "No rows yet."} == empty
    assert not empty & {"marts.graph_nodes", "marts.graph_edges", "marts.paper_edges", "marts.author_edges"}


def test_the_marts_show_their_first_rows_and_plots(graph):
    authors, papers = (metadata(graph.transformed, f"marts/{name}") for name in ("authors", "papers"))
    assert authors["preview"].startswith(
        "| column | row 1 | row 2 | row 3 |\n| --- | --- | --- | --- |\n| author_id | A"
    )
    assert authors["trust by tier"].startswith("![Trust scores by tier](data:image/png;base64,")
    assert authors["collaborator counts"].startswith("![Collaborators](")
    assert papers["coverage by source and month"].startswith("![Works by month and source](")


def test_what_was_fetched_is_what_is_there(graph):
    assert metadata(graph.fetched, "raw/arxiv_pages")["run_received"] == 10
    assert metadata(graph.fetched, "raw/openalex_pages")["run_works_found"] == 7
    assert graph.rows("SELECT work_id FROM staging.works ORDER BY 1") == [
        *((f"arxiv:2103.0000{n}",) for n in range(1, 10)),
        ("openalex:W105",),
        ("openalex:W108",),
    ]


def test_the_marts_answer(graph):
    assert graph.rows("SELECT works_count, orcid IS NOT NULL FROM marts.authors WHERE display_name = 'Ada Byron'") == [
        (4, True)
    ]
    ((authors, sources, bibtex),) = graph.rows(
        "SELECT [name.name FOR name IN authors], sources, bibtex FROM marts.papers WHERE work_id = 'arxiv:2103.00001'"
    )
    assert (authors, sources) == (["Ada Byron", "José León Jr.", "Wei Zhang"], ["arXiv", "OpenAlex"])
    assert "Analytical engines" in bibtex
    ((largest,),) = graph.rows("SELECT max(len(authors)) FROM marts.papers")
    assert largest == 120


def test_running_it_all_again_changes_nothing(graph):
    tables = set(TABLES) - OF_THE_LANDING
    with graph.published() as con:
        before = contents(con, tables)
    assert graph.fetch().success
    assert graph.run("transform").success
    with graph.published() as con:
        after = contents(con, tables)
    changed = {name for name in tables if before[name] != after[name]}
    # Each run leaves its record and its figures, and rejects what it has fetched again.
    assert changed <= {"resolved.quality", "resolved.resolutions", "staging.builds", "staging.rejected"}
    assert set(after["staging.rejected"]) == set(before["staging.rejected"])
