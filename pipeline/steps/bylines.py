"""Mentions: the names printed on the works, with what OpenAlex says about each."""

from contextlib import ExitStack

import duckdb
import polars as pl

from pipeline.normalise.bylines import folded, line_up
from pipeline.steps import builds, count, frame_as, query_as, temporary_table
from pipeline.steps.works import OF_TOUCHED, PAPERS_OF_TOUCHED
from warehouse import query

TABLES = ("staging.mentions", "staging.mention_institutions", "staging.institutions")
"""The tables this step fills."""

PROGRAM = (
    "pipeline/steps/bylines.py",
    "pipeline/normalise/bylines.py",
    "pipeline/names/*",
    "pipeline/text.py",
    "warehouse/sql/staging/*.sql",
)
"""What decides which rows there are; a change of it makes all of them again."""

LINED_UP = {"work_id": pl.String, "position": pl.Int64, "openalex_position": pl.Int64}

PLACES_OF_TOUCHED = "split_part(mention_id, '#', 1) IN (SELECT work_id FROM touched)"

WORKS_OF = "SELECT DISTINCT split_part(mention_id, '#', 1) FROM ({})"
"""Query of the works of the mentions that a query gives."""


def build_mentions(con: duckdb.DuckDBPyConnection, *, run_id: str) -> dict[str, int]:
    """Bring the mentions to what the works' records print; returns counts by kind of name."""
    build = builds.begin(con, "mentions", builds.program_of(*PROGRAM))
    with ExitStack() as tables:
        tables.enter_context(builds.noted(con))
        tables.enter_context(frame_as(con, "this_build", pl.DataFrame({"last": [0 if build.whole else build.last]})))
        tables.enter_context(temporary_table(con, "touched", "staging/touched_bylines"))
        tables.enter_context(query_as(con, "chosen_papers", PAPERS_OF_TOUCHED))
        tables.enter_context(temporary_table(con, "arxiv_papers", "staging/arxiv_papers"))
        lined_up = line_up_bylines(con.sql(query("staging/both_bylines")).pl())
        tables.enter_context(frame_as(con, "lined_up", lined_up))
        builds.bring(con, build, "staging.mentions", query("staging/mentions"), OF_TOUCHED)
        builds.note(con, "SELECT work_id FROM went UNION SELECT work_id FROM came", "byline")
        con.execute(
            "INSERT INTO noted SELECT work_id, NULL, orcid FROM went UNION SELECT work_id, NULL, orcid FROM came"
        )
        builds.bring(
            con, build, "staging.mention_institutions", query("staging/mention_institutions"), PLACES_OF_TOUCHED
        )
        builds.note(
            con, WORKS_OF.format("SELECT mention_id FROM went UNION SELECT mention_id FROM came"), "institutions"
        )
        builds.bring(con, build, "staging.institutions", query("staging/institutions"), "true")
        builds.note(con, WORKS_OF.format(query("staging/renamed_places")), "institutions")
        builds.log(con, build)
        builds.finish(con, build, run_id=run_id, renewed=count(con, "SELECT count(*) FROM touched"))
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
