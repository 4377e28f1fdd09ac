"""Source records joined into works, and the log of what that changed."""

from contextlib import ExitStack

import duckdb
import polars as pl

from pipeline.normalise.matching import MIN_TITLE_KEY, choose
from pipeline.schemas import TABLES as CONTRACTS
from pipeline.steps import builds, count, frame_as, query_as, temporary_table
from pipeline.steps.builds import Build
from pipeline.taxonomy import categories
from warehouse import query

TABLES = (
    "staging.work_records",
    "staging.works",
    "staging.work_versions",
    "staging.work_topics",
    "staging.work_references",
    "staging.field_sources",
)
"""The tables this step fills; it also adds to the log of `builds`."""

PROGRAM = (
    "pipeline/steps/works.py",
    "pipeline/normalise/matching.py",
    "pipeline/taxonomy/*",
    "warehouse/sql/staging/*.sql",
)
"""What decides which rows there are; a change of it makes all of them again."""

OF_TOUCHED = "work_id IN (SELECT work_id FROM touched)"

PAPERS_OF_TOUCHED = "SELECT substr(work_id, 7) AS arxiv_id FROM touched WHERE work_id LIKE 'arxiv:%'"

PARTS = {
    "staging.work_versions": "versions",
    "staging.work_topics": "topics",
    "staging.work_references": "references",
}
"""Tables about a work, and what the log calls a change of one."""


def build_works(con: duckdb.DuckDBPyConnection, *, run_id: str) -> dict[str, int]:
    """Bring the tables of works to what the source records say; returns joined records by method.

    Works are made again that have, had or get a record that changed since the last run.
    """
    build = builds.begin(con, "works", builds.program_of(*PROGRAM))
    with ExitStack() as tables:
        tables.enter_context(builds.noted(con))
        tables.enter_context(temporary_table(con, "record_pages", "staging/record_pages"))
        join_records(con, build, tables)
        tables.enter_context(frame_as(con, "this_build", pl.DataFrame({"number": [build.number]})))
        tables.enter_context(frame_as(con, "subjects", subjects()))
        bring_records(con, build, tables)
        builds.bring(con, build, "staging.works", query("staging/works"), OF_TOUCHED)
        tables.enter_context(query_as(con, "differing", differing_works(build)))
        for name, field in PARTS.items():
            builds.bring(con, build, name, query(name.replace(".", "/")), OF_TOUCHED)
            builds.note(con, "SELECT work_id FROM went UNION SELECT work_id FROM came", field)
        builds.note(con, "SELECT cited_work_id FROM went UNION SELECT cited_work_id FROM came", "cited_by")
        bring_citations(con)
        builds.bring(con, build, "staging.field_sources", query("staging/field_sources"), OF_TOUCHED)
        changed = builds.log(con, build, "FROM differing")
        touched = count(con, "SELECT count(*) FROM touched")
    builds.finish(con, build, run_id=run_id, renewed=touched)
    methods = con.execute(
        "SELECT method, count(*) FROM staging.work_records WHERE method != 'own_record' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return {f"joined_by_{method}": n for method, n in methods} | {
        "works_in_both": count(con, "SELECT count(*) FROM staging.works WHERE has_openalex AND arxiv_id IS NOT NULL"),
        "works_made_again": touched,
        "works_changed": changed,
    }


def join_records(con: duckdb.DuckDBPyConnection, build: Build, tables: ExitStack) -> None:
    """Let SQL see `rejoined`, `found_works` (the work of each of them) and `touched`.

    SQL must see `record_pages`.
    """
    changed, rejoined, chosen = (
        (
            "SELECT source, record_id FROM record_pages",
            "SELECT openalex_id FROM staging.openalex_works",
            "SELECT DISTINCT arxiv_id FROM staging.arxiv_records",
        )
        if build.whole
        else map(query, ("staging/changed_records", "staging/rejoined", "staging/chosen_papers"))
    )
    tables.enter_context(query_as(con, "changed_records", changed))
    tables.enter_context(query_as(con, "rejoined", rejoined))
    with ExitStack() as own:
        own.enter_context(query_as(con, "chosen_papers", chosen))
        own.enter_context(temporary_table(con, "arxiv_papers", "staging/arxiv_papers"))
        own.enter_context(frame_as(con, "joined", joined(con)))
        tables.enter_context(temporary_table(con, "found_works", "staging/found_works"))
    tables.enter_context(temporary_table(con, "touched", "staging/touched"))
    tables.enter_context(query_as(con, "chosen_papers", PAPERS_OF_TOUCHED))
    tables.enter_context(temporary_table(con, "arxiv_papers", "staging/arxiv_papers"))


def joined(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
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


def bring_records(con: duckdb.DuckDBPyConnection, build: Build, tables: ExitStack) -> None:
    """Renew the records of works, and let SQL see `moved_records`, those that are part of another work than before."""
    builds.bring(con, build, "staging.work_records", query("staging/work_records"), OF_TOUCHED)
    builds.note(con, query("staging/changed_joins"), "records")
    tables.enter_context(temporary_table(con, "moved_records", "staging/moved_records"))


def bring_citations(con: duckdb.DuckDBPyConnection) -> None:
    """Lead references to records that are part of another work now to that work; SQL must see `moved_records`."""
    with temporary_table(con, "remapped", "staging/remapped"):
        con.execute(
            "UPDATE staging.work_references AS reference SET cited_work_id = remapped.cited_work_id FROM remapped"
            " WHERE reference.work_id = remapped.work_id AND reference.cited_record_id = remapped.cited_record_id"
        )
        builds.note(con, "SELECT work_id FROM remapped", "references")
        builds.note(con, "SELECT was FROM remapped UNION SELECT cited_work_id FROM remapped", "cited_by")


def differing_works(build: Build) -> str:
    """Query of the works that came, went or changed in the renewal of `staging.works`, with the columns that did."""
    if build.last == 0:
        return "SELECT work_id, 'added' AS change, []::VARCHAR[] AS fields FROM staging.works"
    columns = [name for name in CONTRACTS["staging.works"].column_names() if name != "work_id"]
    changed = ", ".join(f"CASE WHEN old.{name} IS DISTINCT FROM new.{name} THEN '{name}' END" for name in columns)
    return f"""
        SELECT
            work_id,
            CASE
                WHEN old.title IS NULL THEN 'added' WHEN new.title IS NULL THEN 'removed' ELSE 'updated'
            END AS change,
            list_filter([{changed}], lambda name: name IS NOT NULL) AS fields
        FROM went AS old
        FULL JOIN came AS new USING (work_id)
    """
