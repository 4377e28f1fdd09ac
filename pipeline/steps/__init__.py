"""What each asset does, without Dagster: read columns from the warehouse, call one pure function, write a table.

`pages.py` registers landed pages and reads their records into staging; `works.py` joins records into works;
`bylines.py` makes the mentions; `people.py` resolves them; `quality.py` and `monitors.py` measure that; `profiles.py`
and `papers.py` make the marts. `curating.py` takes people's decisions down, `corrections.py` replays them. Every
function takes an open connection inside the caller's transaction and returns the counts a person would ask for.
Judgement lives in the pure libraries, joins live in `warehouse/sql`.
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
    con.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {query(sql_name)}")
    yield
    con.execute(f"DROP TABLE temp.{name}")
