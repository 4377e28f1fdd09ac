"""The panels of a page, each read from the marts by the id of its author or paper.

What belongs here: which query fills which panel. What does not: what a page shows of it (`pipeline.pages`).

A list of ids is written out in the query, one parameter an id: only so does DuckDB look each up in the table's index.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import duckdb

from pipeline.pages import AuthorPanels, Graph, PaperPanels
from pipeline.pages.nearby import nearness, neighbour
from pipeline.pages.network import DRAWN
from pipeline.pages.panels import Row, Rows
from warehouse import query

IDS: Final = "$ids"
"""What stands in a query for a list of ids."""


def read_author(con: duckdb.DuckDBPyConnection, author_id: str) -> AuthorPanels | None:
    """What a researcher's page is made from; null when there is no such author."""
    author = read_one(con, "author", author_id)
    if author is None:
        return None
    return AuthorPanels(
        author=author,
        reasons=read_panel(con, "trust_reasons", author_id),
        topics=read_panel(con, "author_topics", author_id),
        works=read_panel(con, "author_works", author_id),
        collaborators=read_panel(con, "collaborators", author_id),
        graph=read_graph(con, "author_edges", author_id),
    )


def read_paper(con: duckdb.DuckDBPyConnection, work_id: str) -> PaperPanels | None:
    """What a paper's pages are made from; null when there is no such work."""
    paper = read_one(con, "paper", work_id)
    if paper is None:
        return None
    related = read_panel(con, "related_papers", work_id)
    return PaperPanels(
        paper=paper,
        texts=read_panel(con, "paper_texts", work_id),
        related=related,
        titles=read_listed(con, "listed_papers", named(related)),
        graph=read_graph(con, "paper_edges", work_id),
    )


def read_graph(con: duckdb.DuckDBPyConnection, panel: str, centre_id: str) -> Graph:
    """The slice around a centre, by the panel of its edges; established ties among the people that are drawn."""
    edges = read_panel(con, panel, centre_id)
    nodes = read_listed(con, "graph_nodes", ends(edges, centre_id))
    people = {node["node_id"] for node in nodes if node["kind"] == "person"}
    nearest = dict.fromkeys(neighbour(edge) for edge in sorted(edges, key=nearness))
    drawn = [id_ for id_ in nearest if id_ in people][: DRAWN["person"]]
    return Graph(edges=edges, nodes=nodes, ties=read_ties(con, drawn))


def read_ties(con: duckdb.DuckDBPyConnection, people: Iterable[str]) -> Rows:
    """The established ties among some people, each once."""
    among = set(people)
    ties = [
        {"author_id": row["author_id"], "collaborator_id": other, "strength": strength}
        for row in read_listed(con, "graph_ties", sorted(among))
        for other, strength in json.loads(row["ties"]).items()
        if other in among
    ]
    return sorted(ties, key=lambda tie: (tie["author_id"], tie["collaborator_id"]))


def named(related: Iterable[Row]) -> Iterator[str]:
    """The ids of works that a list of related papers names: the papers, and the references that they share."""
    for row in related:
        yield row["related_work_id"]
        yield from row["shared_references"]


def ends(edges: Iterable[Row], centre_id: str) -> list[str]:
    """The ids that edges name, but the centre's."""
    return [edge[end] for edge in edges for end in ("source_id", "target_id") if edge[end] != centre_id]


def read_panel(con: duckdb.DuckDBPyConnection, panel: str, entity_id: str) -> Rows:
    """The rows of a panel of one author or paper; none when there is no such id."""
    return fetched(con, query(f"pages/{panel}"), {"id": entity_id})


def read_listed(con: duckdb.DuckDBPyConnection, panel: str, ids: Iterable[str]) -> Rows:
    """The rows of a panel of several ids; none for no id."""
    values = numbered(ids)
    return fetched(con, listing(panel, values), values) if values else []


def numbered(ids: Iterable[str]) -> dict[str, str]:
    """Ids, each once, by the names of the parameters that stand for them."""
    return {f"id_{n}": id_ for n, id_ in enumerate(dict.fromkeys(ids))}


def listing(panel: str, names: Iterable[str]) -> str:
    """The query of a panel of several ids, those of the parameters of these names."""
    return query(f"pages/{panel}").replace(IDS, ", ".join(f"${name}" for name in names))


def read_one(con: duckdb.DuckDBPyConnection, panel: str, entity_id: str) -> Row | None:
    """The row of a table read by its key, null when there is none."""
    rows = read_panel(con, panel, entity_id)
    return rows[0] if rows else None


def fetched(con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, str]) -> Rows:
    """A query's rows by the names of its columns."""
    found = con.execute(sql, values)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
