"""What a run changed, for readers: works and authors, with what happened to each.

Scores that changed are taken down by `profiles`, which alone sees them before and after.
"""

import duckdb
import polars as pl

from pipeline.steps import builds, frame_as, temporary_table

TABLES = ("marts.changes", *builds.TABLES)
"""The tables this step fills, and the log that it and the steps before it added to."""

PROGRAM = ("pipeline/steps/changes_made.py", "warehouse/sql/marts/*changes*.sql")


def build_changes(con: duckdb.DuckDBPyConnection, *, run_id: str) -> dict[str, int]:
    """Add what this run changed, and earlier runs that broke off before this step; returns its changes by kind.

    What is there already is not added again, so that a step that is executed again in its run doubles nothing.
    """
    build = builds.begin(con, "changes", builds.program_of(*PROGRAM))
    with (
        frame_as(con, "this_build", pl.DataFrame({"last": [build.last], "run_id": [run_id]})),
        temporary_table(con, "told", "marts/changes"),
    ):
        con.execute(
            "INSERT INTO marts.changes BY NAME FROM told"
            " ANTI JOIN marts.changes USING (run_id, entity, entity_id, change, part) ORDER BY ALL"
        )
    kinds = con.execute(
        "SELECT entity, change, count(*) FROM marts.changes WHERE run_id = ? GROUP BY ALL ORDER BY ALL", [run_id]
    ).fetchall()
    counts = {f"{entity}s_{change}": n for entity, change, n in kinds}
    builds.finish(con, build, run_id=run_id, renewed=sum(counts.values()))
    return counts
