"""What each asset does, without Dagster: read columns from the warehouse, call one pure function, write a table.

`pages.py` registers landed pages and reads their records into staging; `works.py` joins records into works;
`bylines.py` makes the mentions; `changes.py` and `evidence.py` find and read those to resolve, `people.py` resolves
them; `quality.py` and `monitors.py` measure that; `profiles.py`
and `papers.py` make the marts; `related.py` and `graph.py` make what surrounds
papers and people; `texts.py` lists texts in other languages. `curating.py` takes people's decisions down,
`corrections.py` replays them. Every function takes an open connection inside the caller's transaction and returns the
counts a person would ask for. Judgement lives in the pure libraries, joins live in `warehouse/sql`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl

from warehouse import query


def count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The one number a query gives."""
    return int(con.execute(sql).fetchall()[0][0] or 0)


@contextmanager
def frame_as(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> Iterator[None]:
    """Let SQL see a frame as a table of this name while the block runs."""
    con.register(name, frame.to_arrow())
    yield
    con.unregister(name)


@contextmanager
def temporary_table(con: duckdb.DuckDBPyConnection, name: str, sql_name: str) -> Iterator[None]:
    """Keep a query's rows as a temporary table of this name while the block runs.

    After an error the table stays: the transaction is aborted, and its connection closes with it.
    """
    with query_as(con, name, query(sql_name)):
        yield


@contextmanager
def query_as(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> Iterator[None]:
    """Keep the rows of a query's text as a temporary table, as `temporary_table` does those of a file."""
    con.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {sql}")
    yield
    con.execute(f"DROP TABLE temp.{name}")
