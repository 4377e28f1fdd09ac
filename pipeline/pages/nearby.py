"""The slice around a page's paper or person, as lists by kind and as a drawing.

What belongs here: graph rows in, what the page shows of them out. What does not: where a node is drawn (`network`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.pages.links import Neighbours
from pipeline.pages.network import DRAWN, KINDS, Drawing, Node, Tie, drawing
from pipeline.pages.panels import Graph, Row
from pipeline.pages.words import counted

NAMES: Final = {"person": "People", "paper": "Papers", "topic": "Topics", "institution": "Institutions"}

NOUNS: Final = {
    "person": ("person", "people"),
    "paper": ("paper", "papers"),
    "topic": ("topic", "topics"),
    "institution": ("institution", "institutions"),
}


OWN_AUTHOR: Final = "author"
"""The kind of edge from a paper to who wrote it."""

BETWEEN_PEOPLE: Final = ("collaborator", "near_person")
"""The kinds of edge from a person to a person; their weight is the strength of the tie."""


@dataclass(frozen=True)
class Near:
    """A line of a list: what it is called, why it is near, and the file of its page."""

    label: str
    reason: str
    href: str | None


@dataclass(frozen=True)
class Group:
    """The nodes of one kind, nearest first."""

    kind: str
    name: str
    nodes: tuple[Near, ...]

    @property
    def first(self) -> tuple[Near, ...]:
        """Those that are drawn."""
        return self.nodes[: DRAWN[self.kind]]

    @property
    def rest(self) -> tuple[Near, ...]:
        """Those that are only listed."""
        return self.nodes[DRAWN[self.kind] :]


@dataclass(frozen=True)
class Slice:
    """What a page shows of the graph around it."""

    drawing: Drawing
    groups: tuple[Group, ...]
    words: str


def graph_slice(centre_id: str, centre: str, graph: Graph, beside: Neighbours) -> Slice:
    """What a page shows of the graph around its paper or person."""
    edges = sorted(graph.edges, key=nearness)
    reasons: dict[str, list[str]] = {}
    for edge in edges:
        reasons.setdefault(neighbour(edge), []).append(edge["reason"])
    ends = {
        end
        for edge in edges
        if centre_id in (edge["source_id"], edge["target_id"])
        for end in (edge["source_id"], edge["target_id"])
    }
    rows = {row["node_id"]: row for row in graph.nodes}
    labels = Counter(row["label"] for row in graph.nodes if row["kind"] == "topic")
    near = [
        Node(id_, rows[id_]["kind"], label(rows[id_], labels), "; ".join(why), is_at_centre=id_ in ends)
        for id_, why in reasons.items()
        if id_ in rows
    ]
    ties = [Tie(tie["author_id"], tie["collaborator_id"], tie["strength"]) for tie in graph.ties] + [
        Tie(edge["source_id"], edge["target_id"], edge["weight"]) for edge in edges if edge["kind"] in BETWEEN_PEOPLE
    ]
    groups = tuple(Group(kind, NAMES[kind], tuple(listed(near, kind, beside))) for kind in KINDS)
    return Slice(drawing(centre_id, centre, near, ties), groups, in_words(groups))


def nearness(edge: Row) -> tuple[bool, int, str]:
    """The order of a list: a paper's own authors first, then by place, the kinds of neighbour in turn."""
    return edge["kind"] != OWN_AUTHOR, edge["place"], edge["kind"]


def label(row: Row, topics: Counter[str]) -> str:
    """What a node is called; a topic whose name another one has, too, with its code."""
    name = row["label"] or row["node_id"]
    return f"{name} ({row['node_id']})" if row["kind"] == "topic" and topics[name] > 1 else str(name)


def neighbour(edge: Row) -> str:
    """The id of the neighbour that an edge is about: the end that is not the centre, the far one if neither is."""
    end = "source_id" if edge["target_id"] == edge["centre_id"] else "target_id"
    return str(edge[end])


def listed(nodes: Sequence[Node], kind: str, beside: Neighbours) -> list[Near]:
    """The lines of one kind."""
    return [Near(node.label, node.reason, page_of(node, beside)) for node in nodes if node.kind == kind]


def page_of(node: Node, beside: Neighbours) -> str | None:
    """The file of a node's page; topics and institutions have none."""
    if node.kind == "person":
        return beside.author(node.node_id)
    return beside.paper(node.node_id) if node.kind == "paper" else None


def in_words(groups: Sequence[Group]) -> str:
    """How many of each kind there are, for who cannot see the drawing."""
    return ", ".join(counted(len(group.nodes), *NOUNS[group.kind]) for group in groups) + "."
