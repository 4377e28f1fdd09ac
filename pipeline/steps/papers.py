"""The mart about papers."""

import duckdb

from pipeline.metrics import bibtex_entries
from pipeline.steps import count, frame_as
from warehouse import query, replace_from_query

TABLES = ("marts.papers",)
"""The tables this step fills."""


def build_papers(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Replace the paper pages; returns counts of what a page can show."""
    works = con.sql(
        "SELECT work_id, title, publication_year, arxiv_id, primary_category, doi, venue, journal_ref"
        " FROM staging.works"
    ).pl()
    names = con.sql(query("marts/bibtex_names")).pl()
    with frame_as(con, "entries", bibtex_entries(works, names)):
        replace_from_query(con, "marts.papers", query("marts/papers"))
    return {
        "papers_with_code": count(con, "SELECT count(*) FROM marts.papers WHERE has_code"),
        "papers_with_data": count(con, "SELECT count(*) FROM marts.papers WHERE has_dataset"),
        "papers_in_both_sources": count(con, "SELECT count(*) FROM marts.papers WHERE len(sources) = 2"),
    }
