"""What overrules scores, in one written order of precedence.

1. Corrections: `different` keeps two mentions apart; `same` joins two, unless that would join a `different` pair.
2. Two mentions on one work are two people.
3. Impossible names are two people.
4. Equal ORCIDs asserted by the works join, also across name changes; two different ORCIDs only weigh a little
   (people have several, and records carry wrong ones). An ORCID on two names of one work says nothing.
5. Everything else is decided by the match weight.

What belongs here: constraints on the pairs of a batch, and joins across blocks. What does not: clustering.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.resolve.comparisons import Compared
from pipeline.resolve.evidence import Evidence
from pipeline.resolve.name_levels import NameLevel
from pipeline.resolve.pairs import PairSpace

LongArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

ORCID_SAME = 1
"""The `orcid` level of equal ORCIDs (`comparisons.LEVELS`)."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Decisions by people about mentions, made consistent.

    Attributes:
        group: For each mention the smallest mention that corrections join it with.
        joined: The mention is in a group of two or more.
        different: Pairs kept apart, (smaller, larger), sorted.
        unmet: `same` corrections that would have joined a `different` pair.
    """

    group: LongArray
    joined: BoolArray
    different: list[tuple[int, int]]
    unmet: list[tuple[int, int]]


def consistent_corrections(mentions: int, same: list[tuple[int, int]], different: list[tuple[int, int]]) -> Corrections:
    """Close `same` corrections under transitivity, letting every `different` correction hold."""
    members = {row: {row} for pair in same for row in pair}
    parent = {row: row for row in members}

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    enemies: dict[int, set[int]] = {}
    for left, right in different:
        enemies.setdefault(left, set()).add(right)
        enemies.setdefault(right, set()).add(left)
    unmet = []
    for left, right in sorted(same):
        keep, gone = sorted((root(left), root(right)))
        if keep == gone:
            continue
        if any(enemies.get(row, set()) & members[gone] for row in members[keep]):
            unmet.append((left, right))
            continue
        parent[gone] = keep
        members[keep] |= members.pop(gone)
    group = np.arange(mentions, dtype=np.int64)
    joined = np.zeros(mentions, dtype=bool)
    for keep, rows in members.items():
        if len(rows) > 1:
            chosen = sorted(rows)
            group[chosen], joined[chosen] = keep, True
    return Corrections(group=group, joined=joined, different=sorted(different), unmet=unmet)


def pair_constraints(
    evidence: Evidence, corrections: Corrections, mentions: LongArray, space: PairSpace, compared: Compared
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Tell which pairs of a batch must be one, and which must not.

    Returns:
        together, apart, and those of together that corrections join; together and apart are never both true.
        `together` may lack pairs that follow by transitivity through an ORCID when an impossible name stands
        between them.
    """
    work = evidence.work[mentions]
    apart = work[space.left] == work[space.right]
    apart |= compared.levels["name"] == NameLevel.IMPOSSIBLE
    together = (compared.levels["orcid"] == ORCID_SAME) & ~apart
    forced = np.zeros(space.count, dtype=bool)
    if corrections.joined[mentions].any():
        group = np.where(corrections.joined[mentions], corrections.group[mentions], -1 - mentions)
        forced = group[space.left] == group[space.right]
        together |= forced
        apart &= ~forced
    row_of = None
    for left, right in corrections.different:
        if row_of is None:
            row_of = {int(mention): row for row, mention in enumerate(mentions)}
        if left in row_of and right in row_of:
            a, b = sorted((row_of[left], row_of[right]))
            if space.unit[a] == space.unit[b]:
                place = space.place(np.array([a]), np.array([b]))
                together[place], apart[place] = False, True
    return together, apart, forced
