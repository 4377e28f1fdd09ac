"""Mentions: the names printed on the works, with what OpenAlex says about each."""

import duckdb
import polars as pl

from pipeline.normalise.bylines import folded, line_up
from pipeline.steps import count, frame_as, temporary_table
from warehouse import query, replace_from_query

TABLES = ("staging.mentions", "staging.mention_institutions", "staging.institutions")
"""The tables this step fills."""

LINED_UP = {"work_id": pl.String, "position": pl.Int64, "openalex_position": pl.Int64}


def build_mentions(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Replace the tables of mentions from the works; returns counts by kind of name."""
    with temporary_table(con, "arxiv_papers", "staging/arxiv_papers"):
        lined_up = line_up_bylines(con.sql(query("staging/both_bylines")).pl())
        with frame_as(con, "lined_up", lined_up):
            replace_from_query(con, "staging.mentions", query("staging/mentions"))
            replace_from_query(con, "staging.mention_institutions", query("staging/mention_institutions"))
    replace_from_query(con, "staging.institutions", query("staging/institutions"))
    kinds = con.execute("SELECT kind, count(*) FROM staging.mentions GROUP BY kind ORDER BY kind").fetchall()
    return {f"{kind}_mentions": n for kind, n in kinds} | {
        "mentions_with_orcid": count(con, "SELECT count(orcid) FROM staging.mentions"),
        "largest_byline": count(con, "SELECT max(position) FROM staging.mentions"),
    }


def line_up_bylines(works: pl.DataFrame) -> pl.DataFrame:
    """Match the names of two bylines of each work.

    Args:
        works: `work_id, arxiv_byline, openalex_byline`, one row a work with both.

    Returns:
        `work_id, position, openalex_position` (1-based), one row a matched name, in the works' order.
    """
    rows = []
    for work_id, arxiv, openalex in works.select("work_id", "arxiv_byline", "openalex_byline").iter_rows():
        left, right = ([folded(name["given"], name["family"]) for name in byline] for byline in (arxiv, openalex))
        rows += [(work_id, i + 1, j + 1) for i, j in sorted(line_up(left, right).items())]
    return pl.DataFrame(rows, schema=LINED_UP, orient="row")
