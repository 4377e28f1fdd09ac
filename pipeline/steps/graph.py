"""The graph around papers and people: tables stored by the id they are read by, under two views.

What belongs here: filling what no other mart holds. What does not: what a neighbour is, which is the query of the view
`marts.graph_edges`. The views hold nothing: a slice is read from the marts as they are, names that are withheld
included, and costs nothing to keep up to date.
"""

from typing import Final

import duckdb

from pipeline.schemas import VIEWS
from pipeline.steps import count
from warehouse import query
from warehouse.tables import create_views, replace_from_query

FILLED: Final = (
    "marts.author_topics",
    "marts.author_institutions",
    "marts.paper_institutions",
    "marts.citing_papers",
    "marts.cited_papers",
    "marts.topics",
)

TABLES = (*FILLED, *sorted(VIEWS))
"""The tables this step fills, and the views over them."""


def build_graph(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Replace the tables of the graph and renew its views; returns how many nodes there are of each kind."""
    for table in FILLED:
        replace_from_query(con, table, query(table.replace(".", "/")))
    create_views(con)
    kinds = con.execute("SELECT kind, count(*) FROM marts.graph_nodes GROUP BY kind ORDER BY kind").fetchall()
    return {f"{kind}_nodes": n for kind, n in kinds} | {
        "papers_that_papers_here_cite": count(con, "SELECT count(DISTINCT work_id) FROM marts.citing_papers")
    }
