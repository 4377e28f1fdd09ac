"""What to keep an eye on in the names: counted in every run, judged by the asset checks.

What belongs here: names and authors -> figures, each with the few ids that weigh most in it. What does not: bounds
(`pipeline.assets.monitors`), gold (`quality`). Figures hold ids, never printed names: a name may be hidden later, and
figures stay.
"""

from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.names.kinds import GROUP_WORDS, PLACEHOLDER_WORDS
from pipeline.resolve.evaluation import QUALITY, read_names
from pipeline.resolve.name_levels import NameLevel, compare_names
from pipeline.resolve.printed_names import NameTable, name_table
from pipeline.resolve.rarity import NameRarity
from pipeline.steps import count, frame_as, temporary_table
from warehouse import query

SHOWN: Final = 5
"""Culprits kept per figure."""

HOT_RANK: Final = 1_000
HOT_MENTIONS: Final = 20
"""A hot name is one of the most printed ones; below so many mentions it is a single misprint that a paper repeats."""

_NO_PERSONS: Final = sorted(GROUP_WORDS | PLACEHOLDER_WORDS)


def name_figures(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Count what the monitors judge.

    Returns:
        `QUALITY`: slice `all`, and slices `block of <mention>`, `author: <id>` and `name of <mention>` for the few that
        weigh most.
    """
    with temporary_table(con, "author_names", "resolved/author_names"):
        parts = [largest_blocks(con), names_of_authors(con), hot_names(con), impossible_names(con)]
    return pl.concat(parts).select(*QUALITY)


def largest_blocks(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The mentions of the largest blocks, and the share of the largest."""
    blocks = con.sql(query("resolved/largest_blocks"), params={"shown": SHOWN}).pl()
    largest = float(blocks["mentions"].max() or 0)
    share = largest / max(count(con, "SELECT count(*) FROM resolved.mention_places"), 1)
    return pl.concat(
        [
            _figure("all", largest_block=largest, largest_block_share=share),
            _culprits(blocks, "largest_block", prefix="block of ", id_="mention_id", value="mentions"),
        ]
    )


def names_of_authors(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The authors with most different written-out names (family and first given name, folded).

    SQL must see `author_names`.
    """
    authors = con.sql(
        f"""
        SELECT author_id, count(DISTINCT written_out) AS names
        FROM author_names
        WHERE written_out IS NOT NULL
        GROUP BY author_id
        HAVING count(DISTINCT written_out) > 1
        ORDER BY names DESC, author_id
        LIMIT {SHOWN}
        """
    ).pl()
    most = float(authors["names"].max() or 1)
    return pl.concat(
        [
            _figure("all", written_out_names=most),
            _culprits(authors, "written_out_names", prefix="author: ", id_="author_id", value="names"),
        ]
    )


def hot_names(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Names that look like nobody's among the most printed ones that were taken for persons.

    Such a name is a single word, holds a digit or "et al", or has only words that groups and placeholders are made of.
    """
    name = pl.col("name")
    words = name.str.extract_all(r"[\p{L}&-]+")
    found: pl.DataFrame = con.sql(query("resolved/most_printed"), params={"rank": HOT_RANK, "least": HOT_MENTIONS}).pl()
    hot = found.filter(
        (words.list.len() <= 1)
        | name.str.contains(r"\d|\bet\.? al\b")
        | words.list.eval(pl.element().is_in(_NO_PERSONS)).list.all()
    )
    with frame_as(con, "most_printed", hot.head(SHOWN)):
        bearers = con.sql(query("resolved/bearers_of_printed")).pl()
    return pl.concat(
        [
            _figure("all", hot_names=float(hot.height)),
            _culprits(bearers, "hot_names", prefix="name of ", id_="mention_id", value="mentions"),
        ]
    )


def impossible_names(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Pairs of names in one author that the resolver calls impossible, where scores alone joined their mentions.

    Pairs of names are few beside mentions, and pairs that are impossible are fewer: only the mentions of their authors
    are read. SQL must see `author_names`.
    """
    impossible = impossible_pairs(con)
    with frame_as(con, "impossible_pairs", impossible):
        mentions = con.sql(query("resolved/impossible_bearers")).pl()
    with frame_as(con, "bearers", mentions.select("mention_id")):
        links = con.sql(
            "SELECT mention_id_l, mention_id_r FROM resolved.links"
            " WHERE decided_by = 'score' AND mention_id_l IN (SELECT mention_id FROM bearers)"
        ).pl()
    bearers = (
        mentions.with_columns(part=_parts(mentions["mention_id"], links))
        .select("author_id", "part", "block", "code")
        .unique()
    )
    found = (
        bearers.join(bearers, on=["author_id", "part", "block"], suffix="_r")
        .join(impossible, on=["code", "code_r"], how="semi")
        .group_by("author_id")
        .len("pairs")
        .sort("pairs", "author_id", descending=[True, False])
    )
    return pl.concat(
        [
            _figure("all", impossible_names=float(found["pairs"].sum())),
            _culprits(found.head(SHOWN), "impossible_names", prefix="author: ", id_="author_id", value="pairs"),
        ]
    )


def impossible_pairs(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The pairs of names in one author and block that the resolver calls impossible, as their codes: `code, code_r`."""
    pairs: pl.DataFrame = con.sql(query("resolved/name_pairs")).pl()
    codes, table = names_read(con, pl.concat([pairs["code"], pairs["code_r"]]).unique())
    left, right = (codes.search_sorted(pairs[side]).to_numpy().astype(np.int32) for side in ("code", "code_r"))
    nothing = np.zeros(len(codes), dtype=np.float32)
    levels, _ = compare_names(table, NameRarity(nothing, nothing, nothing, nothing), left, right)
    return pairs.filter(pl.Series(levels == NameLevel.IMPOSSIBLE, dtype=pl.Boolean))


def names_read(con: duckdb.DuckDBPyConnection, codes: pl.Series) -> tuple[pl.Series, NameTable]:
    """The names of some codes as the resolver read them, in the order of their codes."""
    with frame_as(con, "codes", codes.alias("code").to_frame()):
        names = con.sql(query("resolved/names_read")).pl()
    words = pl.col("tokens", "middles").str.split(" ").list.filter(pl.element() != "")
    keys = names.select(
        linkable=pl.lit(value=True),
        family=pl.col("block").str.replace(r"\|[^|]*$", ""),
        first=pl.col("first").replace("", None),
    )
    return names["code"], name_table(pl.concat([keys, names.select(words)], how="horizontal"))


def _parts(mention_ids: pl.Series, links: pl.DataFrame) -> pl.Series:
    """Number the connected parts that links make of mentions; one number per mention, in order."""
    rows = pl.DataFrame({"mention_id": mention_ids}).with_row_index("row")
    placed = links.join(rows.rename({"mention_id": "mention_id_l", "row": "l"}), on="mention_id_l").join(
        rows.rename({"mention_id": "mention_id_r", "row": "r"}), on="mention_id_r"
    )
    ends = placed["l"].to_numpy(), placed["r"].to_numpy()
    graph = csr_matrix((np.ones(placed.height, dtype=np.int8), ends), shape=(len(mention_ids), len(mention_ids)))
    return pl.Series(connected_components(graph, directed=False)[1])


@dataclass(frozen=True, slots=True)
class Culprit:
    """Who or what weighs most in a figure.

    Attributes:
        id: An author, or the smallest mention of a block or with a name.
        names: A few of its printed names; for a block its key. None that a hidden author bears.
        value: Its part of the figure.
    """

    id: str
    names: tuple[str, ...]
    value: float


def culprits(con: duckdb.DuckDBPyConnection, run_id: str, metric: str) -> list[Culprit]:
    """Those that weigh most in a figure of a run, the heaviest first."""
    with temporary_table(con, "hidden_authors", "resolved/hidden_authors"):
        rows = con.sql(query("resolved/culprits"), params={"run_id": run_id, "metric": metric}).fetchall()
    return [
        Culprit(id_, tuple(_block_keys(names) if kind.startswith("block") else names), value)
        for kind, id_, value, names in rows
    ]


def _block_keys(names: list[str]) -> list[str]:
    """The block of each name, as family and initial."""
    unknown = pl.lit(None, dtype=pl.String)
    table = read_names(
        pl.DataFrame({"name": names}, schema={"name": pl.String}).with_columns(given=unknown, family=unknown)
    )
    blocks = table.blocks.gather(pl.Series(table.block).cast(pl.Int64).replace(-1, None))
    return [key.replace("|", ", ") for key in blocks.drop_nulls()]


def _figure(slice_name: str, **values: float) -> pl.DataFrame:
    rows = [{"slice": slice_name, "metric": metric, "value": value} for metric, value in values.items()]
    return pl.DataFrame(rows, schema=QUALITY)


def _culprits(rows: pl.DataFrame, metric: str, *, prefix: str, id_: str, value: str) -> pl.DataFrame:
    return rows.select(
        slice=pl.concat_str(pl.lit(prefix), id_),
        metric=pl.lit(metric),
        value=pl.col(value).cast(pl.Float64),
    )
