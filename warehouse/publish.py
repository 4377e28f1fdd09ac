"""Publication: the working file copied whole, then put in the published file's place in one step."""

import os
from pathlib import Path

import duckdb

from warehouse.tables import literal


def publish(con: duckdb.DuckDBPyConnection, published: Path) -> int:
    """Copy everything committed to a new file and move it over the published one.

    Readers that hold the old file keep their view; whoever opens it next sees the new one. A crash leaves the old file
    and a `.tmp` that the next publication removes.

    Args:
        con: A connection to the working file with no transaction open, as `ATTACH` asks.
        published: The file analysts open.

    Returns:
        Size of the published file in bytes.
    """
    draft = published.with_suffix(".duckdb.tmp")
    for leftover in (draft, draft.with_name(draft.name + ".wal")):
        leftover.unlink(missing_ok=True)
    source = con.execute("SELECT current_database()").fetchall()[0][0]
    con.execute(f"ATTACH {literal(str(draft))} AS draft")
    con.execute(f"COPY FROM DATABASE {source} TO draft")
    con.execute("DETACH draft")
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(published)
    sync_folder(published.parent)
    return published.stat().st_size


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
