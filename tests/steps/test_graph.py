"""The graph around papers and people, read as an app reads it, and what publication leaves out of it."""

import shutil
from pathlib import Path

import pytest

from pipeline.names import fold
from pipeline.sources.pages import Source
from pipeline.steps import curating, graph, panels, related
from pipeline.steps.curating import Signature

from .bench import START, Bench
from .curated_world import OLD_NAME, OLD_WORDS, PAPERS, WORKS
from .small_world import json_lines

SLICE = """
SELECT edge.kind, edge.place, node.kind, node.label, edge.reason
FROM marts.graph_edges AS edge INNER JOIN marts.graph_nodes AS node ON node.node_id = edge.target_id
WHERE edge.centre_id = ? ORDER BY edge.kind, edge.place
"""


def discover(bench):
    with bench.warehouse.write() as con:
        related.relate_papers(con, threads=1)
        return graph.build_graph(con, run_id="run")


@pytest.fixture(scope="module")
def world(built_world, tmp_path_factory):
    """The small world with its graph."""
    bench = Bench(Path(shutil.copytree(built_world.folder, tmp_path_factory.mktemp("graph") / "world")))
    discover(bench)
    return bench


def named(bench, name):
    return bench.rows("SELECT author_id FROM marts.authors WHERE display_name = ?", name)[0][0]


def test_around_a_paper(world):
    found = [row for row in world.rows(SLICE, "arxiv:2103.00001") if row[0] != "related"]
    assert found == [
        ("author", 1, "person", "Ada Byron", "author 1 of 3"),
        ("author", 2, "person", "José León Jr.", "author 2 of 3"),
        ("author", 3, "person", "Wei Zhang", "author 3 of 3"),
        ("cites", 1, "paper", "A difference engine for slowly varying tables", "this paper cites it"),
        ("institution", 1, "institution", "University of London", "of one author"),
        ("institution", 2, "institution", "Real Academia", "of one author"),
        ("near_person", 1, "person", "Charles Babbage", "close collaborator of an author"),
        ("topic", 1, "topic", "Machine Learning", "its main topic on arXiv"),
        ("topic", 2, "topic", "Machine Learning", "a topic of it on arXiv"),
        ("topic", 3, "topic", "Early Computing", "its main topic by OpenAlex"),
    ]
    assert [row[3:] for row in world.rows(SLICE, "arxiv:2103.00002") if row[0] == "cited_by"] == [
        ("Analytical engines that weave algebraic patterns", "it cites this paper")
    ]
    ((between,),) = world.rows(
        "SELECT source_id FROM marts.graph_edges WHERE centre_id = 'arxiv:2103.00001' AND kind = 'near_person'"
    )
    assert between == named(world, "Ada Byron")


def test_around_a_person(world):
    found = world.rows(SLICE, named(world, "Ada Byron"))
    assert next(row[3:] for row in found if row[0] == "collaborator") == ("Charles Babbage", "2 joint works, 2021")
    assert [row[3:] for row in found if row[0] == "institution"] == [("University of London", "one work, 2021")]
    assert next(row[3:] for row in found if row[0] == "topic") == ("Machine Learning", "4 works on it")
    assert len([row for row in found if row[0] == "wrote"]) == 4


def test_the_established_ties_among_people_are_each_told_once(world):
    all_ties = (
        "SELECT author_id, collaborator_id, strength FROM marts.collaborators"
        " WHERE author_id < collaborator_id AND is_established"
    )
    with world.warehouse.write() as con:
        people = [row[0] for row in con.execute("SELECT author_id FROM marts.authors").fetchall()]
        found = [tuple(tie.values()) for tie in panels.read_ties(con, people)]
        assert found == con.execute(f"{all_ties} ORDER BY ALL").fetchall() != []
        left = [(one, other) for one, other, _ in found if other != found[0][1]]
        some = panels.read_ties(con, [id_ for id_ in people if id_ != found[0][1]])
        assert [(tie["author_id"], tie["collaborator_id"]) for tie in some] == [
            pair for pair in left if pair[0] != found[0][1]
        ]
        assert panels.read_ties(con, []) == []


def test_two_ties_that_swap_their_strengths_are_seen(connection):
    connection.execute(
        "INSERT INTO marts.collaborators BY NAME SELECT 'A' AS author_id, other AS collaborator_id,"
        " other AS display_name, 1 AS joint_works, 1.0 AS newman_weight, strength, true AS is_established,"
        " true AS is_close"
        " FROM (VALUES ('B', 1.0), ('C', 2.0)) AS tie (other, strength)"
    )
    ties = "SELECT ties FROM marts.established_ties"
    graph.bring_ties(connection, whole=True)
    assert connection.execute(ties).fetchall() == [('{"B":1.0,"C":2.0}',)]
    connection.execute("UPDATE marts.collaborators SET strength = 3 - strength")
    graph.bring_ties(connection, whole=False)
    assert connection.execute(ties).fetchall() == [('{"B":2.0,"C":1.0}',)]


def test_texts_in_other_languages_are_read_by_their_paper(connection):
    connection.execute(
        "INSERT INTO staging.work_texts VALUES"
        " ('arxiv:1', 'de', 'abstract', 'Kurz.', 'a service', true, 'en', 'digest'),"
        " ('arxiv:1', 'fr', 'abstract', 'Court.', 'openalex', false, NULL, NULL),"
        " ('arxiv:2', 'fr', 'title', 'Titre', 'openalex', false, NULL, NULL)"
    )
    found = panels.read_panel(connection, "paper_texts", "arxiv:1")
    assert [(row["language"], row["text"], row["translated_from"]) for row in found] == [
        ("fr", "Court.", None),
        ("de", "Kurz.", "en"),
    ]


def test_related_papers_say_what_they_share(world):
    ((reason,),) = world.rows(
        "SELECT reason FROM marts.graph_edges WHERE centre_id = 'arxiv:2103.00001' AND kind = 'related' AND place = 1"
    )
    assert reason.startswith("one shared reference; both on ")


def test_kinds_are_capped_and_places_run_from_1(world):
    rows = world.rows("SELECT centre_id, kind, max(place), count(*), min(place) FROM marts.graph_edges GROUP BY ALL")
    assert all(first == 1 and last == n <= 20 for _, _, last, n, first in rows)
    assert ("arxiv:2103.00006", "author", 20, 20, 1) in rows


def test_every_end_of_an_edge_is_a_node(world):
    for end in ("centre_id", "source_id", "target_id"):
        sql = f"SELECT {end} FROM marts.graph_edges ANTI JOIN marts.graph_nodes ON {end} = node_id"
        assert world.rows(sql) == []


def test_the_published_file_has_the_views_with_their_comments(world):
    world.warehouse.publish()
    with world.warehouse.read() as con:
        assert con.execute(SLICE, ["arxiv:2103.00001"]).fetchall() == world.rows(SLICE, "arxiv:2103.00001")
        bare = con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name LIKE 'graph_%' AND coalesce(comment, '') = ''"
        ).fetchall()
    assert bare == []


def test_a_hidden_name_is_in_no_label_reason_or_term(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    bench.land(Source.OPENALEX_WORKS, json_lines(WORKS), minutes=1)
    bench.build()
    discover(bench)
    # What this test would not see if the name did not stand there.
    assert {table for table, row in rows_of_readers(bench) if is_old(row)} == set(READ)
    ((author_id,),) = bench.rows("SELECT author_id FROM marts.authors WHERE display_name LIKE '% Quarrington' LIMIT 1")
    with bench.warehouse.write() as con:
        curating.decide_hidden_name(con, author_id, OLD_NAME, Signature("curator", START, "Asked for."))
    bench.warehouse.publish()
    assert [row for _, row in published_rows_of_readers(bench) if is_old(row)] == []
    bench.build(run_id="hidden")
    discover(bench)
    bench.warehouse.publish()
    published = published_rows_of_readers(bench)
    assert [row for _, row in published if is_old(row)] == []
    assert any(table == "marts.graph_edges" for table, _ in published)


READ = ("marts.graph_nodes", "marts.graph_edges", "marts.related_papers", "marts.related_terms")
"""Tables and views with words of names, titles and abstracts in them."""


def rows_of_readers(bench):
    with bench.warehouse.write() as con:
        return [(table, row) for table in READ for row in con.execute(f"FROM {table}").fetchall()]


def published_rows_of_readers(bench):
    with bench.warehouse.read() as con:
        return [(table, row) for table in READ for row in con.execute(f"FROM {table}").fetchall()]


def is_old(row):
    return any(word in fold(str(row)) for word in OLD_WORDS)
