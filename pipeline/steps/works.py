"""Source records joined into works."""

import duckdb
import polars as pl

from pipeline.normalise.matching import MIN_TITLE_KEY, choose
from pipeline.steps import count, frame_as, temporary_table
from pipeline.taxonomy import categories
from warehouse import query, replace_from_query

TABLES = (
    "staging.work_records",
    "staging.works",
    "staging.work_versions",
    "staging.work_topics",
    "staging.work_references",
    "staging.field_sources",
)
"""The tables this step fills."""


def build_works(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Replace the tables of works from the source records; returns joined works by method."""
    with temporary_table(con, "arxiv_papers", "staging/arxiv_papers"):
        joined = join_records(con)
        with frame_as(con, "joined", joined):
            replace_from_query(con, "staging.work_records", query("staging/work_records"))
        replace_from_query(con, "staging.works", query("staging/works"))
        replace_from_query(con, "staging.work_versions", query("staging/work_versions"))
        with frame_as(con, "subjects", subjects()):
            replace_from_query(con, "staging.work_topics", query("staging/work_topics"))
        replace_from_query(con, "staging.work_references", query("staging/work_references"))
        replace_from_query(con, "staging.field_sources", query("staging/field_sources"))
    methods = joined.group_by("method").len().sort("method")
    return {f"joined_by_{method}": n for method, n in methods.iter_rows()} | {
        "works_in_both": count(con, "SELECT count(*) FROM staging.works WHERE has_openalex AND arxiv_id IS NOT NULL")
    }


def join_records(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """OpenAlex records that are an arXiv paper, by identifier first, then by title and byline."""
    by_identifier = choose(facts(con, con.sql(query("staging/identifier_pairs")).pl()))
    with frame_as(con, "identified", by_identifier):
        by_title = con.sql(query("staging/title_pairs"), params={"letters": MIN_TITLE_KEY}).pl()
    return pl.concat([by_identifier, choose(facts(con, by_title))]).sort("openalex_id")


def facts(con: duckdb.DuckDBPyConnection, pairs: pl.DataFrame) -> pl.DataFrame:
    """Candidate pairs with the titles and family names that their agreement is judged by."""
    with frame_as(con, "pairs", pairs):
        found: pl.DataFrame = con.sql(query("staging/pair_facts")).pl()
    return found


def subjects() -> pl.DataFrame:
    """ArXiv's categories with their names in full: `category, subject`."""
    names = {code: category.name for code, category in sorted(categories().items())}
    return pl.DataFrame({"category": list(names), "subject": list(names.values())})
