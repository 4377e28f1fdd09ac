"""What a step has to make again: the works that changed since it last ran, from the log of builds.

What belongs here: numbering the runs of the steps that join works and make pages, and telling what each has to look at.
What does not: finding what changed (the steps themselves), making rows.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from pipeline.steps import count
from warehouse.tables import append, renew, replace_from_query

TABLES = ("staging.builds", "staging.work_changes")
"""The log, which every step adds to; `changes_made`, the last of them, shows it."""

NOTHING_DIFFERS: Final = "SELECT NULL::VARCHAR AS work_id, NULL::VARCHAR AS change, []::VARCHAR[] AS fields WHERE false"
"""No work came, went or differs in its own columns."""

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Build:
    """A run of a step.

    Attributes:
        number: Its number in `staging.builds`.
        step: The step.
        program: Digest of the program that makes the rows.
        last: Number of the step's last build, after which changes are new to it; 0 without one.
        whole: Every row is made anew.
    """

    number: int
    step: str
    program: str
    last: int
    whole: bool


def begin(con: duckdb.DuckDBPyConnection, step: str, program: str, *, after: str | None = None) -> Build:
    """Number a run of a step; all rows are made again at first, by another program, and after a step that did so.

    Args:
        con: A writer's connection.
        step: The step.
        program: Digest of the program that makes its rows.
        after: A step whose rows it reads, and which does not log what it made by making all of them again.
    """
    number, last, known = con.execute(
        "SELECT coalesce(max(number), 0) + 1, coalesce(max(number) FILTER (WHERE step = $step), 0),"
        " arg_max(program, number) FILTER (WHERE step = $step) FROM staging.builds",
        {"step": step},
    ).fetchall()[0]
    anew = count(
        con, f"SELECT count(*) FROM staging.builds WHERE number > {last} AND step = '{after}' AND mode = 'whole'"
    )
    return Build(number, step, program, last, whole=known != program or anew > 0)


def finish(con: duckdb.DuckDBPyConnection, build: Build, *, run_id: str, renewed: int) -> None:
    """Take a run of a step down."""
    row = {
        "number": build.number,
        "run_id": run_id,
        "step": build.step,
        "mode": "whole" if build.whole else "part",
        "program": build.program,
        "renewed": renewed,
    }
    append(con, "staging.builds", pl.DataFrame([row]))


def bring(con: duckdb.DuckDBPyConnection, build: Build, name: str, sql: str, where: str) -> None:
    """Bring a table, or the rows of it that a condition names, to what a query gives.

    The temporary tables `went` and `came` hold what went and came.
    """
    if build.last == 0:
        replace_from_query(con, name, sql)
        con.execute(f"CREATE OR REPLACE TEMPORARY TABLE went AS FROM {name} LIMIT 0")
        con.execute(f"CREATE OR REPLACE TEMPORARY TABLE came AS FROM {name} LIMIT 0")
    else:
        renew(con, name, sql, "true" if build.whole else where)


@contextmanager
def noted(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let a step note what it changes while the block runs."""
    con.execute("CREATE OR REPLACE TEMPORARY TABLE noted (work_id VARCHAR, field VARCHAR, orcid VARCHAR)")
    yield
    con.execute("DROP TABLE temp.noted")


def note(con: duckdb.DuckDBPyConnection, works: str, field: str) -> None:
    """Note that a part of some works changed; they are the first column of a query, and nulls in it are nobody."""
    con.execute(f"INSERT INTO noted SELECT DISTINCT *, $field, NULL FROM ({works})", {"field": field})


def log(con: duckdb.DuckDBPyConnection, build: Build, differing: str = NOTHING_DIFFERS) -> int:
    """Add what was noted to the log of changes; returns how many works it names.

    Args:
        con: A writer's connection.
        build: The run.
        differing: Query of works that came, went or differ in their own columns: `work_id, change, fields`.
    """
    con.execute(
        f"""
        INSERT INTO staging.work_changes
        WITH parts AS (
            SELECT
                work_id,
                list(DISTINCT field) FILTER (WHERE field IS NOT NULL) AS fields,
                list(DISTINCT orcid ORDER BY orcid) FILTER (WHERE orcid IS NOT NULL) AS orcids
            FROM noted
            WHERE work_id IS NOT NULL
            GROUP BY work_id
        )

        SELECT
            $number AS build,
            work_id,
            coalesce(own.change, 'updated') AS change,
            CASE
                WHEN coalesce(own.change, 'updated') = 'updated'
                    THEN list_sort(list_concat(coalesce(own.fields, []), coalesce(parts.fields, [])))
                ELSE []
            END AS fields,
            coalesce(parts.orcids, []) AS orcids
        FROM ({differing}) AS own
        FULL JOIN parts USING (work_id)
        ORDER BY work_id
        """,
        {"number": build.number},
    )
    return count(con, f"SELECT count(*) FROM staging.work_changes WHERE build = {build.number}")


@cache
def program_of(*patterns: str) -> str:
    """Digest of the files that make rows, as glob patterns from the checkout's root."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]
