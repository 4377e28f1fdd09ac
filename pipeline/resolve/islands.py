"""Islands: which mentions the decision about a mention may depend on.

What belongs here: the islands of a run, and where a mention stands among the others, as the next run must know it to
resolve only what a change can reach. What does not: decisions.

A pair's levels depend on its two mentions alone, so what one mention can do to another goes along pairs: two mentions
of one unit whose match weight reaches the threshold, two that a `same` correction names, two that bear one ORCID, and
two clusters of a split block, or of forms of one first name, whose linkage reaches the threshold. An island is what
these ties connect. Resolving a set of whole islands gives each of its mentions what resolving everything gives it.

A mention that is new, or has changed, can tie islands together. It can only reach mentions
- of its unit with whom it is tied (`tied_mentions`): they are among those whose given names are not impossible beside
  its own (`compatible_names`),
- of its ORCID and its `same` corrections,
- of its block, if that was split, or of its family and under another form of its first name, where its cluster, or one
  that it made another, is tied to theirs (`partner_ties`): they have a rare co-author in common.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.resolve.blocking import Units, units_of
from pipeline.resolve.comparisons import compare
from pipeline.resolve.evidence import Evidence, read_evidence
from pipeline.resolve.inputs import checked_input
from pipeline.resolve.joins import Ties, linked, rare_coauthors, standing, written_elsewhere
from pipeline.resolve.model import Model
from pipeline.resolve.name_levels import NameLevel, compare_names
from pipeline.resolve.pairs import PairSpace, pair_space
from pipeline.resolve.printed_names import NameTable, Words, are_near, name_table
from pipeline.resolve.rarity import name_rarity

LongArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_PAIRS_AT_ONCE: Final = 100_000
"""Pairs of a changed mention that are compared at once."""

NAME_COLUMNS: Final = ("block", "first", "tokens", "middles")

PLACES = pa.schema(
    [
        pa.field("mention_id", pa.string_view(), nullable=False),
        *(pa.field(name, pa.string_view(), nullable=False) for name in NAME_COLUMNS),
        pa.field("rare_coauthors", pa.large_list(pa.string_view()), nullable=False),
        pa.field("cluster", pa.string_view(), nullable=False),
        pa.field("island", pa.string_view(), nullable=False),
    ]
)
"""One row is one mention and where it stands, sorted by mention_id.

`block` is empty for groups and placeholders. `first`, `tokens` and `middles` are its given names as `compare_names`
reads them, words separated by spaces, empty where there is none. `rare_coauthors` is empty unless the block is split
or the first name has a form of another initial. `cluster` is the smallest mention of its cluster before clusters of
different units were joined, `island` that of its island. Texts are views: most are the same for many mentions.
"""

PARTNERS = pa.schema(
    [pa.field("mention_id_l", pa.string(), nullable=False), pa.field("mention_id_r", pa.string(), nullable=False)]
)
"""One row is two tied clusters of different units, by their smallest mentions."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the decision about each mention rests on, by mention row.

    Attributes:
        cluster: The smallest mention of its cluster before clusters of different units were joined.
        island: The smallest mention of its island.
    """

    cluster: LongArray
    island: LongArray


def connected(mentions: int, left: LongArray, right: LongArray) -> LongArray:
    """The smallest mention of each mention's connected set."""
    graph = csr_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(mentions, mentions))
    count, component = connected_components(graph, directed=False)
    first = np.full(count, mentions, dtype=np.int64)
    np.minimum.at(first, component, np.arange(mentions))
    return np.asarray(first[component])


def unit_ties(
    space: PairSpace, bits: npt.NDArray[np.float32], together: BoolArray, apart: BoolArray, threshold: float
) -> LongArray:
    """For each row of a batch the smallest row that its unit's ties connect it with."""
    places = np.flatnonzero((bits >= threshold) & ~apart | together)
    return connected(space.rows, space.left[places].astype(np.int64), space.right[places].astype(np.int64))


def islands(tied: LongArray, ties: Ties) -> LongArray:
    """The smallest mention of each mention's island.

    Args:
        tied: For each mention the smallest one that its unit's ties connect it with.
        ties: Pairs of mentions that are tied across units.
    """
    pairs = np.array(ties, dtype=np.int64).reshape(-1, 2)
    mentions = np.arange(len(tied))
    return connected(len(tied), np.concatenate((mentions, pairs[:, 0])), np.concatenate((tied, pairs[:, 1])))


def place_table(ids: pl.Series, evidence: Evidence, oversize: BoolArray, settled: Settled) -> pa.Table:
    """Table where mentions stand, as `PLACES`."""
    row, code, keys = rare_coauthors(evidence, np.flatnonzero(oversize | written_elsewhere(evidence)))
    beside = pl.DataFrame({"row": row, "key": keys.gather(code)}).group_by("row").agg(pl.col("key").sort())
    return (
        _as_compared(evidence.names)[evidence.name]
        .with_columns(mention_id=ids, cluster=ids.gather(settled.cluster), island=ids.gather(settled.island))
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(beside, on="row", how="left", maintain_order="left")
        .with_columns(rare_coauthors=pl.col("key").fill_null([]))
        .select(PLACES.names)
        .to_arrow(compat_level=pl.CompatLevel.newest())
        .cast(PLACES)
    )


def _as_compared(names: NameTable) -> pl.DataFrame:
    """`NAME_COLUMNS` of each name."""

    def text(codes: npt.NDArray[np.int32]) -> pl.Series:
        return _texts(names.words, codes)

    def line(words: Words) -> list[pl.Series]:
        return [text(words.codes[:, place]).alias(f"{place}") for place in range(words.codes.shape[1])]

    tokens = pl.DataFrame([*line(names.tokens), text(names.joined).alias("joined")]).with_columns(
        # A name of more words than are compared keeps the others as one: all of them run together count, too.
        rest=pl.col("joined").str.slice(pl.concat_str(pl.exclude("joined")).str.len_chars())
    )
    return pl.DataFrame(
        {
            "block": _texts(names.blocks, names.block),
            "first": text(names.first),
            "tokens": _spaced(tokens.drop("joined")),
            "middles": _spaced(pl.DataFrame(line(names.middles))),
        }
    )


def _texts(known: pl.Series, codes: npt.NDArray[np.int32]) -> pl.Series:
    """The text of each code, empty where it is -1."""
    return pl.concat([known, pl.Series(known.name, [""])]).gather(np.where(codes < 0, len(known), codes))


def _spaced(words: pl.DataFrame) -> pl.Series:
    """The words of each row as one text, separated by spaces."""
    return words.select(pl.concat_str(pl.all(), separator=" ").str.strip_chars()).to_series()


def names_of(mentions: pa.Table, works: pa.Table, *, model: Model) -> pl.DataFrame:
    """The names of mentions as they are compared: `mention_id` and `NAME_COLUMNS`, sorted by mention_id.

    Args:
        mentions: `schemas.MENTIONS`.
        works: `schemas.WORKS`.
        model: Weights; its counts say how names are read.
    """
    source = checked_input(mentions, works)
    evidence = read_evidence(source, model.counts, model.topics)
    return _as_compared(evidence.names)[evidence.name].select(source.mentions["mention_id"], *NAME_COLUMNS)


def compatible_names(
    new: pl.DataFrame, known: pl.DataFrame, *, large_blocks: frozenset[str], model: Model
) -> pl.DataFrame:
    """The known names that may be tied to one of the new names.

    Args:
        new: `NAME_COLUMNS`, distinct; names of mentions that are new or have changed.
        known: The same of all other mentions of their blocks.
        large_blocks: Blocks that are split: names of two of its units are not tied.
        model: Weights; its counts say how names are read.

    Returns:
        Rows of `known`.
    """
    columns = list(NAME_COLUMNS)
    new, known = (frame.filter(pl.col("block") != "") for frame in (new, known))
    both = pl.concat([new.select(columns), known.select(columns)])
    names = _read_again(both)
    rarity = name_rarity(names, model.counts)
    split = both["block"].is_in(sorted(large_blocks)).to_numpy()
    rows = both.select("block").with_row_index("row")
    pairs = rows.head(new.height).join(rows.slice(new.height), on="block").select("row", "row_right")
    left, right = (pairs[column].to_numpy().astype(np.int32) for column in ("row", "row_right"))
    level, _ = compare_names(names, rarity, left, right)
    unit = np.where(names.full >= 0, names.first + 1, 0)
    fits = (level != NameLevel.IMPOSSIBLE) & (~split[left] | (unit[left] == unit[right]))
    return known[np.unique(right[fits]) - new.height]


def _read_again(names: pl.DataFrame) -> NameTable:
    """The names that `NAME_COLUMNS` describe; none of them has an empty block."""
    return name_table(
        names.select(
            linkable=pl.lit(value=True),
            family=pl.col("block").str.replace(r"\|[^|]*$", ""),
            first=pl.col("first").replace("", None),
            tokens=pl.col("tokens").str.split(" ").list.filter(pl.element() != ""),
            middles=pl.col("middles").str.split(" ").list.filter(pl.element() != ""),
        )
    )


def tied_mentions(
    mentions: pa.Table,
    works: pa.Table,
    changed: pl.Series,
    *,
    large_blocks: frozenset[str],
    model: Model,
    threads: int | None = None,
) -> pl.Series:
    """The mentions that a changed one is tied to within its unit.

    Decisions by people are not asked: a pair that one keeps apart may count as tied, which only makes a run resolve
    more than it must.

    Args:
        mentions: `schemas.MENTIONS`: the changed ones and those that they may be tied to.
        works: `schemas.WORKS`.
        changed: Ids of the changed ones.
        large_blocks: Blocks that are split.
        model: Weights.
        threads: Batches worked on at once, 2 when left out.

    Returns:
        Ids, sorted, without the changed ones.
    """
    source = checked_input(mentions, works)
    evidence = read_evidence(source, model.counts, model.topics)
    ids = source.mentions["mention_id"]
    is_changed = ids.is_in(changed.implode()).to_numpy()
    left, right = _beside(units_of(evidence, large_blocks), is_changed)

    def tied(begin: int) -> LongArray:
        one, other = left[begin : begin + _PAIRS_AT_ONCE], right[begin : begin + _PAIRS_AT_ONCE]
        space = pair_space(np.full(len(one), 2))
        compared = compare(evidence, np.stack([one, other], axis=1).ravel(), space)
        possible = (compared.levels["name"] != NameLevel.IMPOSSIBLE) & (evidence.work[one] != evidence.work[other])
        return np.asarray(other[possible & (model.match_weights(compared) >= model.threshold)])

    with ThreadPoolExecutor(max_workers=max(threads or 2, 1)) as pool:
        found = list(pool.map(tied, range(0, len(left), _PAIRS_AT_ONCE)))
    return ids.gather(np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *found])))


def _beside(units: Units, is_changed: BoolArray) -> tuple[LongArray, LongArray]:
    """All pairs of a changed mention and an unchanged one of its unit."""
    start = np.concatenate(([0], np.cumsum(units.sizes)[:-1])).astype(np.int64)
    changed = np.flatnonzero(is_changed[units.mentions])
    unit = np.repeat(np.arange(len(units.sizes)), units.sizes)[changed]
    size = units.sizes[unit]
    row = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + np.repeat(start[unit], size)
    left, right = np.repeat(units.mentions[changed], size), units.mentions[row]
    known = ~is_changed[right]
    return left[known], right[known]


def compatible_clusters(proposed: pl.DataFrame, *, large_blocks: frozenset[str], model: Model) -> pl.DataFrame:
    """The pairs of clusters of two units that may be joined: a rare co-author proposes them, and names of theirs fit.

    Args:
        proposed: `cluster, other` and, of a name of each, `NAME_COLUMNS` and `other_` before `NAME_COLUMNS`: names of
            one family that stand beside one rare co-author.
        large_blocks: Blocks that are split.
        model: Weights; its counts say how names are read.

    Returns:
        `cluster, other`, distinct, sorted.
    """
    columns = list(NAME_COLUMNS)
    others = proposed.select(pl.col(f"other_{name}").alias(name) for name in columns)
    names = _read_again(pl.concat([proposed.select(columns), others]))
    left = np.arange(proposed.height, dtype=np.int32)
    right = left + np.int32(proposed.height)
    level, _ = compare_names(names, name_rarity(names, model.counts), left, right)
    first, other = names.first[left], names.first[right]
    split = proposed["block"].is_in(sorted(large_blocks)).to_numpy()
    fits = np.where(
        names.block[left] == names.block[right],
        split & (first != other) & (level != NameLevel.IMPOSSIBLE),
        are_near(names, first, other),
    )
    return proposed.filter(pl.Series(fits)).select("cluster", "other").unique().sort("cluster", "other")


def standing_mentions(pairs: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The mentions that stand for clusters when two of them are compared.

    Args:
        pairs: `cluster, other`: distinct pairs of clusters, each named by its smallest mention.
        members: `mention_id, cluster, block, first` of all mentions of all of these: `PLACES`.

    Returns:
        `cluster, other, of_cluster, of_other`: the pairs with a list of mentions for each side. A pair of two blocks
        without written-out names on one side is left out.
    """
    stood = pl.concat(
        _standing(some).with_columns(of_two_blocks=pl.lit(value=of_two_blocks))
        for some, of_two_blocks in ((members, False), (members.filter(pl.col("first").str.len_chars() > 1), True))
    )
    block = members.filter(pl.col("mention_id") == pl.col("cluster")).select("cluster", "block")
    return (
        pairs.join(block, on="cluster")
        .join(block.rename({"cluster": "other"}), on="other")
        .with_columns(of_two_blocks=pl.col("block") != pl.col("block_right"))
        .join(stood.rename({"mention_id": "of_cluster"}), on=["cluster", "of_two_blocks"])
        .join(stood.rename({"mention_id": "of_other", "cluster": "other"}), on=["other", "of_two_blocks"])
        .select("cluster", "other", "of_cluster", "of_other")
        .sort("cluster", "other")
    )


def _standing(members: pl.DataFrame) -> pl.DataFrame:
    """`cluster, mention_id`: a list of the mentions that stand for each cluster, ascending."""
    size, place = pl.len().over("cluster"), pl.int_range(pl.len()).over("cluster")
    placed = members.sort("cluster", "mention_id").select("cluster", "mention_id", size=size, place=place)
    sizes = placed["size"].unique().sort()
    stand = pl.Series([standing(number).tolist() for number in sizes], dtype=pl.List(placed.schema["place"]))
    places = pl.DataFrame({"size": sizes, "place": stand})
    chosen = placed.join(places.explode("place"), on=["size", "place"], how="semi", maintain_order="left")
    return chosen.group_by("cluster", maintain_order=True).agg("mention_id")


def partner_ties(
    mentions: pa.Table, works: pa.Table, met: pl.DataFrame, *, model: Model, threads: int | None = None
) -> pa.Table:
    """The ties among pairs of clusters of two units.

    Args:
        mentions: `schemas.MENTIONS`: those that stand for the clusters.
        works: `schemas.WORKS`.
        met: The pairs, as `standing_mentions` gives them.
        model: Weights.
        threads: Clusters compared at once, 2 when left out.

    Returns:
        `PARTNERS`.
    """
    source = checked_input(mentions, works)
    evidence = read_evidence(source, model.counts, model.topics)
    row_of = {mention_id: row for row, mention_id in enumerate(source.mentions["mention_id"])}

    def rows(chosen: list[str]) -> LongArray:
        return np.array([row_of[mention_id] for mention_id in chosen], dtype=np.int64)

    meetings = ((pair, rows(left), rows(right)) for *pair, left, right in met.iter_rows())
    ties = [pair for _, pair, _ in linked(evidence, meetings, model, max(threads or 2, 1))]
    return pa.Table.from_pylist([dict(zip(PARTNERS.names, pair, strict=True)) for pair in ties], PARTNERS)
