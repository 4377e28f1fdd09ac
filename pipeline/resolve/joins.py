"""Joining clusters across units: corrections, ORCIDs, units of a split block, forms of one name such as Bob, Robert.

What belongs here: decisions between finished clusters. What does not: decisions inside a unit (`clustering`).

The order of precedence of `constraints` holds here too: `same` corrections first, then equal ORCIDs, then scores;
each join is refused if it would put a pair of mentions together that a higher rule keeps apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.resolve.clustering import MOST_BITS
from pipeline.resolve.comparisons import compare
from pipeline.resolve.constraints import Corrections
from pipeline.resolve.evidence import Evidence, per_code
from pipeline.resolve.links import Links, all_links, no_links, pair_links
from pipeline.resolve.model import Model
from pipeline.resolve.name_levels import NameLevel, compare_names
from pipeline.resolve.pairs import pair_space
from pipeline.resolve.printed_names import are_near

LongArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

RARE_BITS: Final = 12.0
"""Co-authors who propose a pair of clusters: at most one in 2^12 of the counted mentions bears the name. How many
clusters share one does not count, so that a proposal depends on its two clusters alone."""

MEMBERS_COMPARED: Final = 8
"""Evenly spaced members of a cluster that stand for it when two clusters are compared."""

_PAIRS_AT_ONCE: Final = 100_000


Ties = list[tuple[int, int]]
"""Pairs of mentions that bear on each other."""

Key = TypeVar("Key")
Meeting = tuple[Key, LongArray, LongArray]
"""Two clusters that are compared: what names the two, and the mentions that stand for each."""
Scored = tuple[float, Key, tuple[int, int]]
"""The linkage of two clusters, what names them, and the strongest pair of their mentions, the smaller first."""


class Clusters:
    """Clusters of mentions that can be merged, keeping what must stay apart apart.

    Args:
        anchor: The smallest mention of each mention's cluster.
        work: The work of each mention.
        corrections: Decisions by people.
    """

    def __init__(self, anchor: LongArray, work: npt.NDArray[np.int32], corrections: Corrections) -> None:
        self.anchor = anchor.copy()
        self._work = work
        self._joined = corrections.joined
        self._group = corrections.group
        order = np.argsort(anchor, kind="stable")
        self._order = order
        self._first = np.searchsorted(anchor[order], np.arange(len(anchor)), side="left")
        self._last = np.searchsorted(anchor[order], np.arange(len(anchor)), side="right")
        self._merged: dict[int, LongArray] = {}
        self._enemies: dict[int, set[int]] = defaultdict(set)
        for left, right in corrections.different:
            self._enemies[left].add(right)
            self._enemies[right].add(left)

    def members(self, anchor: int) -> LongArray:
        """Mentions of a cluster, ascending."""
        merged = self._merged.get(anchor)
        return merged if merged is not None else self._order[self._first[anchor] : self._last[anchor]]

    def share_a_work(self, one: int, other: int) -> bool:
        """Tell whether two clusters have mentions on one work, save mentions that corrections join."""
        return self._clash(self.members(one), self.members(other))

    def _clash(self, left: LongArray, right: LongArray) -> bool:
        common = np.intersect1d(self._work[left], self._work[right])
        for work in common:
            rows = np.concatenate((left[self._work[left] == work], right[self._work[right] == work]))
            if not self._joined[rows].all() or len(np.unique(self._group[rows])) > 1:
                return True
        return False

    def gather(self, group: LongArray) -> None:
        """Put a group of mentions that corrections join into one cluster, taking them out of theirs.

        They go to the cluster of the first of them if nothing keeps them from it, else to one of their own.
        """
        home = self.members(int(self.anchor[group[0]]))
        rest = np.setdiff1d(home, group)
        barred = {enemy for row in group.tolist() for enemy in self._enemies.get(row, ())}
        if self._clash(group, rest) or barred & set(rest.tolist()):
            rest = rest[:0]
        for anchor in np.unique(self.anchor[group]).tolist():
            left = np.setdiff1d(self.members(anchor), np.concatenate((group, rest)))
            self._place(left)
        self._place(np.union1d(group, rest))

    def _place(self, members: LongArray) -> None:
        """Make mentions a cluster, whatever they were in."""
        if len(members):
            self._merged[int(members[0])] = members
            self.anchor[members] = members[0]

    def kept_apart(self, one: int, other: int) -> bool:
        """Tell whether a correction keeps mentions of the two clusters apart."""
        if not self._enemies:
            return False
        right = set(self.members(other).tolist())
        return any(self._enemies[row] & right for row in self.members(one).tolist() if row in self._enemies)

    def merge(self, one: int, other: int) -> None:
        """Make two clusters one."""
        keep, gone = min(one, other), max(one, other)
        members = np.sort(np.concatenate((self.members(keep), self.members(gone))))
        self._merged[keep] = members
        self._merged.pop(gone, None)
        self.anchor[members] = keep


@dataclass(frozen=True, slots=True)
class Joined:
    """Clusters of all units together.

    Attributes:
        anchor: The smallest mention of each mention's cluster.
        before: The same before scores joined clusters of different units.
        links: One link for each join.
        ties: Pairs of mentions whose clusters bear on each other: of one ORCID, or of two clusters whose linkage
            reaches the threshold, joined or not.
    """

    anchor: LongArray
    before: LongArray
    links: Links
    ties: Ties


def join_across(
    evidence: Evidence,
    corrections: Corrections,
    anchor: LongArray,
    oversize: BoolArray,
    *,
    model: Model,
    threads: int,
) -> Joined:
    """Join clusters of different units.

    Args:
        evidence: What is known of all mentions.
        corrections: Decisions by people.
        anchor: The smallest mention of each mention's cluster, from the units.
        oversize: Mentions in blocks that were split into units.
        model: Weights.
        threads: Clusters compared at once; the answer does not depend on it.
    """
    clusters = Clusters(anchor, evidence.work, corrections)
    corrected = _join_corrections(clusters, evidence, corrections)
    identified, same_orcid = _join_orcids(clusters, evidence)
    before = clusters.anchor.copy()
    scored, close = _join_units(clusters, evidence, oversize, model, threads)
    return Joined(clusters.anchor, before, all_links([corrected, identified, scored]), same_orcid + close)


def _links_between(evidence: Evidence, pairs: list[tuple[int, int]], *, corrected: bool) -> Links:
    """Links of pairs of mentions, with their levels."""
    if not pairs:
        return no_links()
    mentions = np.array([row for pair in pairs for row in pair], dtype=np.int64)
    space = pair_space(np.full(len(pairs), 2))
    compared = compare(evidence, mentions, space)
    forced = np.full(len(pairs), corrected)
    return pair_links(space, mentions, np.arange(len(pairs)), forced=forced, compared=compared)


def _join_corrections(clusters: Clusters, evidence: Evidence, corrections: Corrections) -> Links:
    """Join what corrections join: whole clusters where nothing forbids it, else only the mentions themselves."""
    rows = np.flatnonzero(corrections.joined)
    rows = rows[np.lexsort((rows, corrections.group[rows]))]
    joined = []
    for group in np.split(rows, np.flatnonzero(np.diff(corrections.group[rows])) + 1) if len(rows) else []:
        first = int(group[0])
        for row in group[1:].tolist():
            one, other = int(clusters.anchor[first]), int(clusters.anchor[row])
            if one == other:
                continue
            joined.append((first, row))
            if not clusters.share_a_work(one, other) and not clusters.kept_apart(one, other):
                clusters.merge(one, other)
        if len(np.unique(clusters.anchor[group])) > 1:
            clusters.gather(group)
    return _links_between(evidence, joined, corrected=True)


def _join_orcids(clusters: Clusters, evidence: Evidence) -> tuple[Links, Ties]:
    """Join clusters that share an ORCID: name changes, and units of one block."""
    rows = np.flatnonzero((evidence.orcid >= 0) & (evidence.block >= 0))
    rows = rows[np.lexsort((rows, evidence.orcid[rows]))]
    joined = []
    ties: Ties = []
    for group in np.split(rows, np.flatnonzero(np.diff(evidence.orcid[rows])) + 1) if len(rows) else []:
        first = int(group[0])
        ties += [(first, row) for row in group[1:].tolist()]
        if len(np.unique(clusters.anchor[group])) == 1:
            continue
        for row in group[1:].tolist():
            one, other = int(clusters.anchor[first]), int(clusters.anchor[row])
            if one == other or not _names_fit(evidence, clusters, one, other):
                continue
            if clusters.share_a_work(one, other) or clusters.kept_apart(one, other):
                continue
            clusters.merge(one, other)
            joined.append((first, row))
    return _links_between(evidence, joined, corrected=False), ties


def _names_fit(evidence: Evidence, clusters: Clusters, one: int, other: int) -> bool:
    """Tell whether no two given names of two clusters are impossible for one person."""
    left, right = (np.unique(evidence.name[clusters.members(anchor)]) for anchor in (one, other))
    a, b = np.repeat(left, len(right)), np.tile(right, len(left))
    level, _ = compare_names(evidence.names, evidence.rarity, a, b)
    return not bool((level == NameLevel.IMPOSSIBLE).any())


def _join_units(
    clusters: Clusters, evidence: Evidence, oversize: BoolArray, model: Model, threads: int
) -> tuple[Links, Ties]:
    """Join clusters of two units where shared co-authors propose it and the linkage of all their pairs agrees.

    The strongest join goes first; a cluster of initials joins at most one cluster, and its later rivals are
    measured no more: what remains apart would have needed the whole block at once.
    """
    scored = _scored(clusters, evidence, _proposals(clusters, evidence, oversize), model, threads)
    scored.sort(key=lambda entry: (-entry[0], entry[1]))
    taken: set[int] = set()
    joined = []
    for _, (one, other), pair in scored:
        if one in taken or other in taken:
            continue
        now_one, now_other = int(clusters.anchor[one]), int(clusters.anchor[other])
        if now_one == now_other or clusters.kept_apart(now_one, now_other):
            continue
        if clusters.share_a_work(now_one, now_other) or not _names_fit(evidence, clusters, now_one, now_other):
            continue
        clusters.merge(now_one, now_other)
        taken.update(anchor for anchor in (one, other) if not _written(evidence, anchor))
        joined.append(pair)
    return _links_between(evidence, joined, corrected=False), [anchors for _, anchors, _ in scored]


def _proposals(clusters: Clusters, evidence: Evidence, oversize: BoolArray) -> npt.NDArray[np.int64]:
    """Pairs of clusters of two units that may be joined: (n, 2) anchors."""
    return np.concatenate((_of_split_blocks(clusters, evidence, oversize), _of_two_blocks(clusters, evidence)))


def _written(evidence: Evidence, anchor: int) -> bool:
    """Tell whether a cluster's anchor has its first name written out."""
    return bool(evidence.names.full[evidence.name[anchor]] >= 0)


def _of_split_blocks(clusters: Clusters, evidence: Evidence, oversize: BoolArray) -> npt.NDArray[np.int64]:
    """Pairs of clusters of two units of a block that share a rare co-author and whose names fit: (n, 2) anchors."""
    mention, code, _ = rare_coauthors(evidence, np.flatnonzero(oversize))
    name = evidence.name[mention]
    pairs = _sharing(evidence.block[mention], code, clusters.anchor[mention], name)
    left, right = (pairs[column].to_numpy() for column in ("name", "name_r"))
    level, _ = compare_names(evidence.names, evidence.rarity, left, right)
    other_unit = evidence.names.first[left] != evidence.names.first[right]
    return _anchor_pairs(pairs.filter(other_unit & (level != NameLevel.IMPOSSIBLE)))


def _of_two_blocks(clusters: Clusters, evidence: Evidence) -> npt.NDArray[np.int64]:
    """Pairs of clusters of a family that share a rare co-author and hold forms of one first name: (n, 2) anchors."""
    names = evidence.names
    mention, code, _ = rare_coauthors(evidence, np.flatnonzero(written_elsewhere(evidence)))
    name = evidence.name[mention]
    pairs = _sharing(names.family[name], code, clusters.anchor[mention], name)
    first, other = (names.first[pairs[column].to_numpy()] for column in ("name", "name_r"))
    letter, other_letter = (names.words.gather(words).str.slice(0, 1) for words in (first, other))
    return _anchor_pairs(pairs.filter(are_near(names, first, other) & (letter != other_letter).to_numpy()))


def written_elsewhere(evidence: Evidence) -> BoolArray:
    """Tell mentions whose first name has a form that is in another block."""
    names = evidence.names
    known = (names.block >= 0) & (names.first >= 0)
    known[known] = names.elsewhere[names.first[known]]
    return np.asarray(known[evidence.name])


def _sharing(
    region: npt.NDArray[np.int32], code: LongArray, anchor: LongArray, name: npt.NDArray[np.int32]
) -> pl.DataFrame:
    """`anchor, name, anchor_r, name_r`: clusters of one region beside whom one rare co-author stands.

    Args:
        region: Where clusters may meet: the block or the family of each entry.
        code: A rare co-author.
        anchor: The cluster of the mention beside whom it stands.
        name: The mention's name.
    """
    held = pl.DataFrame(
        {"region": region, "code": code.astype(np.int32), "anchor": anchor.astype(np.int32), "name": name}
    ).unique()
    return (
        held.join(held, on=["region", "code"], suffix="_r")
        .filter(pl.col("anchor") < pl.col("anchor_r"))
        .select("anchor", "name", "anchor_r", "name_r")
        .unique()
    )


def _anchor_pairs(pairs: pl.DataFrame) -> npt.NDArray[np.int64]:
    """The distinct pairs of anchors, sorted."""
    distinct = pairs.select("anchor", "anchor_r").unique().sort("anchor", "anchor_r")
    return distinct.cast(pl.Int64).to_numpy().reshape(-1, 2)


def rare_coauthors(evidence: Evidence, rows: LongArray) -> tuple[LongArray, LongArray, pl.Series]:
    """Rare names that stand beside mentions: mention and code, and the text of each code.

    A name is rare by family and initial, or else by its written-out form.
    """
    names, rarity = evidence.names, evidence.rarity
    own = evidence.block[rows]
    blocks = per_code(names.block, rarity.weight_initial, len(names.blocks)) >= RARE_BITS
    fulls = per_code(names.full, rarity.weight_full, len(names.fulls)) >= RARE_BITS
    fulls &= ~blocks[evidence.block_of_full[: len(fulls)]]
    found = []
    for bags, rare, block_of, offset in (
        (evidence.coauthor_initial, blocks, np.arange(len(blocks)), 0),
        (evidence.coauthor_full, fulls, evidence.block_of_full, len(blocks)),
    ):
        entry, code, _ = bags.entries(evidence.work[rows].astype(np.int64))
        kept = rare[code] & (block_of[code] != own[entry])
        found.append((rows[entry[kept]], code[kept].astype(np.int64) + offset))
    mentions, codes = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return mentions, codes, pl.concat([names.blocks, names.fulls.rename(names.blocks.name)])


def _scored(
    clusters: Clusters, evidence: Evidence, proposals: npt.NDArray[np.int64], model: Model, threads: int
) -> list[Scored[tuple[int, int]]]:
    """The proposals whose linkage reaches the threshold, by both anchors."""

    def met() -> Iterator[Meeting[tuple[int, int]]]:
        for one, other in proposals.tolist():
            left, right = clusters.members(one), clusters.members(other)
            if evidence.block[one] != evidence.block[other]:
                # Of two blocks the initials differ: only written-out names can be told to be forms of one.
                left, right = (rows[evidence.names.full[evidence.name[rows]] >= 0] for rows in (left, right))
            if len(left) and len(right):
                yield (one, other), left[standing(len(left))], right[standing(len(right))]

    return linked(evidence, met(), model, threads)


def standing(members: int) -> LongArray:
    """Places of the evenly spaced members that stand for a cluster of so many, in the order of their ids."""
    if members <= MEMBERS_COMPARED:
        return np.arange(members)
    return np.linspace(0, members - 1, MEMBERS_COMPARED).astype(np.int64)


def linked(evidence: Evidence, meetings: Iterable[Meeting[Key]], model: Model, threads: int) -> list[Scored[Key]]:
    """The meetings of two clusters whose linkage reaches the threshold, in the order that they came in."""
    found: list[Scored[Key]] = []
    chunks = _in_chunks(meetings)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        while some := list(islice(chunks, threads)):
            for scored in pool.map(lambda chunk: _linkages(evidence, chunk, model), some):
                found += scored
    return found


def _in_chunks(meetings: Iterable[Meeting[Key]]) -> Iterator[list[Meeting[Key]]]:
    """Meetings with all pairs of their members, so many that they have `_PAIRS_AT_ONCE`."""
    chunk: list[Meeting[Key]] = []
    waiting = 0
    for key, left, right in meetings:
        chunk.append((key, np.repeat(left, len(right)), np.tile(right, len(left))))
        waiting += len(left) * len(right)
        if waiting >= _PAIRS_AT_ONCE:
            yield chunk
            chunk, waiting = [], 0
    if chunk:
        yield chunk


def _linkages(evidence: Evidence, chunk: list[Meeting[Key]], model: Model) -> list[Scored[Key]]:
    left = np.concatenate([ones for _, ones, _ in chunk])
    right = np.concatenate([others for _, _, others in chunk])
    mentions = np.stack([left, right], axis=1).ravel()
    compared = compare(evidence, mentions, pair_space(np.full(len(left), 2)))
    bits = model.match_weights(compared)
    closeness = np.exp2(model.linkage_exponent * np.minimum(bits, MOST_BITS).astype(np.float64))
    scored = []
    begin = 0
    for key, ones, _ in chunk:
        end = begin + len(ones)
        best = begin + int(np.argmax(bits[begin:end]))
        score = float(np.log2(closeness[begin:end].mean()) / model.linkage_exponent)
        if score >= model.threshold:
            scored.append((score, key, (int(min(left[best], right[best])), int(max(left[best], right[best])))))
        begin = end
    return scored
