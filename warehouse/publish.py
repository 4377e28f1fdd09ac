"""Publication: the working file copied, without withheld names, then put in the published file's place in one step."""

import os
from pathlib import Path

import duckdb

from warehouse.tables import literal, quoted
from warehouse.withheld import CORRECTIONS, WITHOUT_ROWS, Withheld, rewritten, withheld_names


def publish(con: duckdb.DuckDBPyConnection, published: Path) -> int:
    """Copy everything committed, but withheld names, to a new file and move it over the published one.

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
    if hides_names(con):
        con.execute(f"COPY FROM DATABASE {source} TO draft (SCHEMA)")
        copy_rows(con, source, withheld_names(con))
    else:
        con.execute(f"COPY FROM DATABASE {source} TO draft")
    con.execute("DETACH draft")
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(published)
    sync_folder(published.parent)
    return published.stat().st_size


def hides_names(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a decision names a name to hide; what it names is not published even when it no longer acts."""
    return bool(con.execute(f"SELECT count(*) FROM {CORRECTIONS} WHERE kind = 'hide_name'").fetchall()[0][0])


def copy_rows(con: duckdb.DuckDBPyConnection, source: str, names: list[Withheld]) -> None:
    """Copy every row to the draft, in order and already without the names.

    A row is never changed in the draft: what a file once held stays readable in its free blocks.
    """
    columns: dict[str, dict[str, bool]] = {}
    for schema, table, column, type_ in con.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE database_name = ? AND NOT internal ORDER BY schema_name, table_name, column_index",
        [source],
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", {})[quoted(column)] = "VARCHAR" in type_
    for table, texts in columns.items():
        if table in WITHOUT_ROWS:
            continue
        changed = rewritten(con, table, [name for name, has_text in texts.items() if has_text], names)
        if changed.is_empty():
            con.execute(f"INSERT INTO draft.{table} SELECT * FROM {table}")
            continue
        con.register("rewritten_rows", changed.to_arrow())
        values = (
            f"CASE WHEN new._row IS NULL THEN old.{name} ELSE new.{name} END" if has_text else f"old.{name}"
            for name, has_text in texts.items()
        )
        con.execute(
            f"INSERT INTO draft.{table} SELECT {', '.join(values)} FROM {table} AS old"
            " LEFT JOIN rewritten_rows AS new ON old.rowid = new._row ORDER BY old.rowid"
        )
        con.unregister("rewritten_rows")


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
