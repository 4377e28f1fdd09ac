"""The slice of the research graph around one paper or person, drawn.

What belongs here: which nodes are drawn and where, as numbers. What does not: SVG (a template), which nodes are near
(the marts).

The centre stands in the middle of an oval, papers and topics on its left half, people and institutions on its right.
Tied people stand next to each other: their order is the reverse Cuthill-McKee order of the ties among them, so that
lines are short. The same rows always give the same drawing.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from pipeline.pages.words import cut

Point = tuple[float, float]

LEFT: Final = ("paper", "topic")
"""The kinds whose labels go to the left."""

KINDS: Final = ("person", "paper", "topic", "institution")
"""The kinds of a node, as a page lists them."""

DRAWN: Final = {"paper": 10, "person": 10, "topic": 5, "institution": 5}
"""Nodes drawn of a kind, the nearest first; the lists beside the drawing have all."""

WIDTH: Final = 1000
OVAL: Final = 180
"""Half the width of the oval, in the drawing's units; the rest of the width is for labels."""

ROW: Final = 30
MARGIN: Final = 28
LEAST_HEIGHT: Final = 168
LABEL_GAP: Final = 18
LONGEST_LABEL: Final = 40
PULL: Final = 0.25
"""How far a tie between two nodes of the oval bends towards the centre: 0 is straight, 1 goes through it."""

THINNEST: Final = 0.8
THICKEST: Final = 4.0


@dataclass(frozen=True)
class Node:
    """A node near the centre.

    Args:
        node_id: Id, unique in the slice.
        kind: paper, person, topic or institution.
        label: What it is called.
        reason: Why it is near, in words.
        is_at_centre: It is tied to the centre itself, and not only to one of its neighbours.
    """

    node_id: str
    kind: str
    label: str
    reason: str = ""
    is_at_centre: bool = True


@dataclass(frozen=True)
class Tie:
    """What binds two people, or the centre as `source` and a person.

    Args:
        source: Id of one end.
        target: Id of the other end.
        strength: 0 or more, compared with the other ties of the drawing only.
    """

    source: str
    target: str
    strength: float


@dataclass(frozen=True)
class Dot:
    """A drawn node: where it stands, its place in the list of its kind, and its label cut to fit."""

    kind: str
    number: int
    label: str
    title: str
    x: float
    y: float

    @property
    def is_left(self) -> bool:
        """Whether the label goes to the left."""
        return self.kind in LEFT

    @property
    def label_x(self) -> float:
        """Where the label begins, or ends when it goes to the left."""
        return self.x - LABEL_GAP if self.is_left else self.x + LABEL_GAP


@dataclass(frozen=True)
class Line:
    """A drawn line: an SVG path and its thickness."""

    path: str
    thickness: float
    is_spoke: bool


@dataclass(frozen=True)
class Drawing:
    """A drawn slice: the centre stands at `centre_x, centre_y`."""

    centre: str
    centre_x: float
    centre_y: float
    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]

    @property
    def oval(self) -> int:
        """Half the width that the dots take, without their labels."""
        return OVAL + LABEL_GAP


def drawing(centre_id: str, centre: str, nodes: Sequence[Node], ties: Sequence[Tie]) -> Drawing:
    """Draw the nearest nodes of each kind around the centre, and the ties among all of them.

    Args:
        centre_id: Id that ties name the centre by.
        centre: Its label.
        nodes: The slice without its centre, the nearest of a kind first.
        ties: What is known to bind two people; a tie to somebody who is not drawn is left out.
    """
    papers, topics, people, institutions = (
        numbered(nodes, kind) for kind in ("paper", "topic", "person", "institution")
    )
    sides = [*papers, *topics], [*tied_together(people, ties), *institutions]
    rows = max(map(len, sides))
    height = max(2 * MARGIN + ROW * (rows - 1), LEAST_HEIGHT)
    middle = WIDTH / 2, height / 2
    dots = dict(
        placed for side, outwards in zip(sides, (-1, 1), strict=True) for placed in half_oval(side, outwards, middle)
    )
    return Drawing(
        centre=cut(centre, LONGEST_LABEL),
        centre_x=middle[0],
        centre_y=middle[1],
        width=WIDTH,
        height=height,
        dots=tuple(dots.values()),
        lines=tuple(lines(centre_id, spoked(nodes, dots, ties), dots, ties, middle)),
    )


def numbered(nodes: Sequence[Node], kind: str) -> list[tuple[int, Node]]:
    """The drawn nodes of a kind with their 1-based place in its list."""
    return list(enumerate((node for node in nodes if node.kind == kind), start=1))[: DRAWN[kind]]


def tied_together(people: list[tuple[int, Node]], ties: Sequence[Tie]) -> list[tuple[int, Node]]:
    """The same people, tied ones next to each other; as they come when nobody is tied."""
    place = {node.node_id: n for n, (_, node) in enumerate(people)}
    pairs = [(place[tie.source], place[tie.target]) for tie in ties if {tie.source, tie.target} <= place.keys()]
    if not pairs:
        return people
    both = np.array(pairs + [(right, left) for left, right in pairs]).T
    matrix = csr_array((np.ones(both.shape[1]), both), shape=(len(people), len(people)))
    return [people[n] for n in reverse_cuthill_mckee(matrix, symmetric_mode=True)]


def half_oval(side: list[tuple[int, Node]], outwards: int, middle: Point) -> Iterator[tuple[str, Dot]]:
    """Ids with their dots on one half of the oval, from top to bottom, evenly spaced in height."""
    reach = middle[1] - MARGIN / 2
    for row, (number, node) in enumerate(side):
        down = (row - (len(side) - 1) / 2) * ROW
        x = middle[0] + outwards * OVAL * math.sqrt(1 - (down / reach) ** 2)
        yield (
            node.node_id,
            Dot(
                kind=node.kind,
                number=number,
                label=cut(node.label, LONGEST_LABEL),
                title=node.label,
                x=round(x, 1),
                y=round(middle[1] + down, 1),
            ),
        )


def spoked(nodes: Sequence[Node], dots: Collection[str], ties: Sequence[Tie]) -> set[str]:
    """The drawn nodes that a spoke goes to: those at the centre, and those that no other line would reach."""
    reached = {end for tie in ties if tie.source in dots and tie.target in dots for end in (tie.source, tie.target)}
    return {node.node_id for node in nodes if node.is_at_centre or node.node_id not in reached}


def lines(
    centre_id: str, spokes: Collection[str], dots: Mapping[str, Dot], ties: Sequence[Tie], middle: Point
) -> list[Line]:
    """A straight line from the centre to each spoke, a bent one for each tie of two dots; a strong tie is thick."""
    strongest = max((tie.strength for tie in ties), default=0.0) or 1.0
    to_centre = {tie.target: tie.strength for tie in ties if tie.source == centre_id}
    at = {node_id: (dot.x, dot.y) for node_id, dot in dots.items()}
    chords = [
        Line(bent(at[tie.source], at[tie.target], middle), thickness(tie.strength / strongest), is_spoke=False)
        for tie in ties
        if tie.source in at and tie.target in at
    ]
    return chords + [
        Line(straight(middle, end), thickness(to_centre.get(node_id, 0.0) / strongest), is_spoke=True)
        for node_id, end in at.items()
        if node_id in spokes
    ]


def thickness(share: float) -> float:
    """The thickness of a line for a share of the greatest strength, 0 to 1."""
    return round(THINNEST + (THICKEST - THINNEST) * math.sqrt(share), 2)


def straight(source: Point, target: Point) -> str:
    """A straight SVG path."""
    return f"M{source[0]:.1f} {source[1]:.1f}L{target[0]:.1f} {target[1]:.1f}"


def bent(source: Point, target: Point, middle: Point) -> str:
    """An SVG path between two points, bent towards the centre."""
    bend = [(1 - PULL) * (a + b) / 2 + PULL * c for a, b, c in zip(source, target, middle, strict=True)]
    return f"M{source[0]:.1f} {source[1]:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {target[0]:.1f} {target[1]:.1f}"
