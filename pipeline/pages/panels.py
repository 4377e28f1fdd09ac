"""What a page is made from: the rows of its panels, as the marts have them.

What belongs here: which panels a page has. What does not: reading them, showing them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True)
class Graph:
    """What lies around a paper or a person.

    Args:
        edges: Rows of `marts.paper_edges` or `marts.author_edges` of the centre.
        nodes: Rows of `marts.graph_nodes` of its neighbours.
        ties: `author_id, collaborator_id, strength` of the established ties among the people that are drawn, each
            once.
    """

    edges: Rows
    nodes: Rows
    ties: Rows


@dataclass(frozen=True)
class AuthorPanels:
    """The panels of a researcher's page.

    Args:
        author: The row of `marts.authors`.
        reasons: Rows of `marts.trust_reasons`.
        topics: Rows of `marts.author_topics`, most works first; may be cut.
        works: Rows of `marts.author_works`, newest first; may be cut.
        collaborators: Rows of `marts.collaborators`, strongest first; may be cut.
        graph: The slice around the person.
    """

    author: Row
    reasons: Rows
    topics: Rows
    works: Rows
    collaborators: Rows
    graph: Graph


@dataclass(frozen=True)
class PaperPanels:
    """The panels of a paper's pages.

    Args:
        paper: The row of `marts.papers`.
        texts: Rows of `marts.paper_texts`.
        related: Rows of `marts.related_papers`, best first.
        titles: Of `marts.papers`, what a list shows of each related paper, and of the references shared with it that
            are here.
        graph: The slice around the paper.
    """

    paper: Row
    texts: Rows
    related: Rows
    titles: Rows
    graph: Graph
