"""The graph around papers and people: tables stored by the id they are read by, under two views.

What belongs here: filling what no other mart holds. What does not: what a neighbour is, which is the query of the view
`marts.graph_edges`. The views hold nothing: a slice is read from the marts as they are, names that are withheld
included, and costs nothing to keep up to date.

Rows are made again of the works that changed since the last run, of those that they cite, and of those that cite them;
ties, of the authors some of whose ties are others than in the last run.
"""

from typing import Final

import duckdb
import polars as pl

from pipeline.schemas import VIEWS
from pipeline.steps import builds, count, frame_as, query_as, temporary_table
from warehouse import query
from warehouse.tables import create_views, renew, replace_from_query

BY_WORK: Final = ("marts.paper_institutions", "marts.citing_papers", "marts.cited_papers")
"""Tables read by the work in the middle."""

TIES: Final = "marts.established_ties"

FILLED: Final = (*BY_WORK, TIES, "marts.topics")

TABLES = (*FILLED, *sorted(VIEWS))
"""The tables this step fills, and the views over them."""

PROGRAM: Final = ("pipeline/steps/graph.py", "warehouse/sql/marts/*.sql")
"""What decides which rows there are; a change of it makes all of them again."""


def build_graph(con: duckdb.DuckDBPyConnection, *, run_id: str) -> dict[str, int]:
    """Bring the tables of the graph to the works and renew its views; returns how many nodes there are of each kind."""
    build = builds.begin(con, "graph", builds.program_of(*PROGRAM))
    works = "SELECT work_id FROM staging.works" if build.whole else query("marts/renewed_works")
    with (
        frame_as(con, "this_build", pl.DataFrame({"last": [build.last]})),
        query_as(con, "renewed_works", works),
    ):
        for name in BY_WORK:
            sql = query(name.replace(".", "/"))
            if build.whole:
                replace_from_query(con, name, sql)
            else:
                renew(con, name, sql, "work_id IN (SELECT work_id FROM renewed_works)")
        renewed = count(con, "SELECT count(*) FROM renewed_works")
    bring_ties(con, whole=build.whole)
    replace_from_query(con, "marts.topics", query("marts/topics"))
    create_views(con)
    builds.finish(con, build, run_id=run_id, renewed=renewed)
    kinds = con.execute("SELECT kind, count(*) FROM marts.graph_nodes GROUP BY kind ORDER BY kind").fetchall()
    return {f"{kind}_nodes": n for kind, n in kinds} | {
        "papers_that_papers_here_cite": count(con, "SELECT count(DISTINCT work_id) FROM marts.citing_papers"),
        "works_made_again": renewed,
    }


def bring_ties(con: duckdb.DuckDBPyConnection, *, whole: bool) -> None:
    """Bring the table of established ties to the collaborators."""
    if whole:
        con.execute(f"TRUNCATE {TIES}")
    with temporary_table(con, "retied_authors", "marts/retied_authors"):
        if whole:
            replace_from_query(con, TIES, query("marts/established_ties"))
        else:
            renew(con, TIES, query("marts/established_ties"), "author_id IN (SELECT author_id FROM retied_authors)")
