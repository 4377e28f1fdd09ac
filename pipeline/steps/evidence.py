"""Mentions and works as the resolver reads them.

What belongs here: reading its input, of some mentions or of all. What does not: which mentions it is to be (`changes`,
`quality`), resolving them.
"""

import duckdb
import polars as pl
import pyarrow as pa

from pipeline.steps import frame_as, query_as
from warehouse import query


def resolver_input(con: duckdb.DuckDBPyConnection, chosen: str | None = None) -> tuple[pa.Table, pa.Table]:
    """The resolver's mentions and works, in no order.

    Args:
        con: A connection to the working or the published file.
        chosen: A table that SQL can see, with the `mention_id` of those to read, here or not; all when left out.
    """
    mentions = query("resolved/mentions")
    if chosen is None:
        with query_as(con, "wanted", "SELECT work_id FROM staging.works"):
            return con.sql(mentions).to_arrow_table(), con.sql(query("resolved/works")).to_arrow_table()
    some = con.sql(f"FROM ({mentions}) SEMI JOIN {chosen} USING (mention_id)").to_arrow_table()
    wanted = pl.DataFrame({"work_id": pl.Series(some["work_id"], dtype=pl.String).unique()})
    with frame_as(con, "wanted", wanted):
        return some, con.sql(query("resolved/works")).to_arrow_table()
