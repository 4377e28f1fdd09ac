"""Publication: the working file copied, without withheld names, then put in the published file's place in one step.

Where nobody asked for a name to be hidden, the file itself is copied: a tenth of the time of copying its rows. Rows are
copied where a name is hidden, as what a file once held stays readable in its free blocks, and where a good part of the
file is free blocks, which the copy then lacks.
"""

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Final

import duckdb

from pipeline.schemas import TABLES, VIEWS
from warehouse.tables import comments, literal, quoted
from warehouse.withheld import CORRECTIONS, WITHOUT_ROWS, Withheld, rewritten, withheld_names

FREE_SHARE: Final = 0.25
"""Share of free blocks in the working file from which its rows are copied, not the file."""

COPIED_AT_ONCE: Final = 2**25
"""Bytes that the system copies in one go while it reads as many ahead."""

NOT_WITHIN_THE_SYSTEM: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EXDEV})
"""What the system says where a file system does not let it copy by itself."""


def is_copied_whole(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the working file can be published as it stands, once its connection is closed.

    Writes everything committed to the file itself; needs a connection with no transaction open.
    """
    if hides_names(con):
        return False
    con.execute("CHECKPOINT")
    total, free = con.execute("SELECT sum(total_blocks), sum(free_blocks) FROM pragma_database_size()").fetchall()[0]
    return bool(free <= FREE_SHARE * total)


def publish_file(working: Path, published: Path) -> int:
    """Copy the working file, which nobody has open, and move the copy over the published one, as `publish` does."""
    draft = empty_draft(published)
    copy_file(working, draft)
    return put_in_place(draft, published)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file within the system, which shares the blocks instead where the file system can."""
    try:
        is_whole = copied_within_the_system(source, target)
    except OSError as error:
        if error.errno not in NOT_WITHIN_THE_SYSTEM:
            raise
        is_whole = False
    if not is_whole:
        shutil.copyfile(source, target)


def copied_within_the_system(source: Path, target: Path) -> bool:
    """Let the system copy a file; returns whether it did so to the end, which only Linux does."""
    if sys.platform != "linux":
        return False
    with source.open("rb") as old, target.open("wb") as new:
        size, done = os.fstat(old.fileno()).st_size, 0
        while done < size:
            os.posix_fadvise(old.fileno(), done + COPIED_AT_ONCE, COPIED_AT_ONCE, os.POSIX_FADV_WILLNEED)
            copied = os.copy_file_range(old.fileno(), new.fileno(), min(size - done, COPIED_AT_ONCE))
            if not copied:
                return False
            done += copied
    return True


def publish(con: duckdb.DuckDBPyConnection, published: Path) -> int:
    """Copy every row, but withheld names, to a new file and move it over the published one.

    Readers that hold the old file keep their view; whoever opens it next sees the new one. A crash leaves the old file
    and a `.tmp` that the next publication removes.

    Args:
        con: A connection to the working file with no transaction open, as `ATTACH` asks.
        published: The file analysts open.

    Returns:
        Size of the published file in bytes.
    """
    draft = empty_draft(published)
    source = con.execute("SELECT current_database()").fetchall()[0][0]
    con.execute(f"ATTACH {literal(str(draft))} AS draft")
    if hides_names(con):
        con.execute(f"COPY FROM DATABASE {source} TO draft (SCHEMA)")
        copy_rows(con, source, withheld_names(con))
    else:
        con.execute(f"COPY FROM DATABASE {source} TO draft")
    # A copied view comes without the comments of its columns.
    for name in sorted(VIEWS):
        for comment in comments(name, TABLES[name], "draft"):
            con.execute(comment)
    con.execute("DETACH draft")
    return put_in_place(draft, published)


def empty_draft(published: Path) -> Path:
    """Where the new file is made, without what a crash left there."""
    draft = published.with_suffix(".duckdb.tmp")
    for leftover in (draft, draft.with_name(draft.name + ".wal")):
        leftover.unlink(missing_ok=True)
    return draft


def put_in_place(draft: Path, published: Path) -> int:
    """Move a finished file over the published one, safe from a power cut; returns its size in bytes."""
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
        " WHERE database_name = ? AND NOT internal AND schema_name || '.' || table_name NOT IN (SELECT unnest(?))"
        " ORDER BY schema_name, table_name, column_index",
        [source, sorted(VIEWS)],
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
        new = {quoted(name) for name in changed.columns}
        values = (
            f"CASE WHEN new._row IS NULL THEN old.{name} ELSE new.{name} END" if name in new else f"old.{name}"
            for name in texts
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
