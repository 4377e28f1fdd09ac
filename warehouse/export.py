"""Export: the marts of the published file as Parquet, written beside and put in place whole.

What belongs here: the files, their manifest, and the folder's replacement. What does not: what a mart holds. Each table
is a folder of files in the order of the leading column of its key, so that a reader of one id reads one file, and of
that one row group; the manifest says which file has which ids. Views are written as tables are: a reader of files has
nobody to make them. The same published file gives the same bytes.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import duckdb
from filelock import FileLock

from pipeline.schemas import TABLES, VIEWS, description, layer
from warehouse.connection import Warehouse
from warehouse.files import WarehouseError
from warehouse.publish import sync_folder
from warehouse.tables import literal, quoted

MANIFEST: Final = "manifest.json"
FORMAT: Final = "who-wrote-what marts, 1"
"""What the manifest of an export says it is: by this word a folder is known as one of ours."""

WHOLE: Final = "all"
"""Name of the file of a table that is not split."""

WHOLE_ROWS: Final = 1_000_000
"""Rows, or ids of a view, up to which a table is one file."""

ROW_GROUP: Final = 122_880
"""Rows of a row group, the least that a reader takes up; DuckDB's own."""

PREFIX: Final = """CASE
    WHEN {0} LIKE 'arxiv:%' THEN left({0}, 8)
    WHEN {0} LIKE 'openalex:%' THEN left({0}, 11)
    ELSE left({0}, 2)
END"""
"""Beginning of an id that a larger table is split by: the year of an arXiv id, the first digit of an OpenAlex id, the
first letter of the digest in an author id. A day's rows change few files of works and all of authors."""


@dataclass(frozen=True)
class View:
    """How a view is written, whose contract has no key.

    Args:
        order: Columns that its rows are sorted by; by the beginnings of the first it is split.
        ids: Tables whose keys stand in that column, so that the view is not made to find them; without any it is one
            file.
    """

    order: tuple[str, ...]
    ids: tuple[str, ...] = ()


HOW: Final = {
    "marts.author_names": View(("name", "author_id")),
    "marts.paper_texts": View(("work_id", "language", "kind", "source")),
    "marts.graph_nodes": View(("node_id",), ("marts.papers", "marts.authors", "marts.topics", "staging.institutions")),
    "marts.graph_edges": View(("centre_id", "kind", "place"), ("marts.papers", "marts.authors")),
}
"""The views by name. The edges are made some centres at a time, as a page reads them."""

IN_ANOTHER: Final = frozenset({"marts.paper_edges", "marts.author_edges"})
"""Views that are not written: all of their rows stand in `marts.graph_edges`."""


class ExportError(WarehouseError):
    """The marts cannot be exported to this folder; the message says why and what to do."""


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    tables: int
    files: int
    rows: int
    size_bytes: int


def export_marts(warehouse: Warehouse, to: Path, tell: Callable[[str], object] = lambda _: None) -> Exported:
    """Write the marts to a folder: made, or put in the place of an earlier export.

    Args:
        warehouse: Its published file is read; names that are hidden there stay hidden.
        to: The folder. Until everything is written it is as it was; a draft lies beside it.
        tell: Told which table is written now, and how many there are.

    Raises:
        WarehouseError: Nothing is published.
        ExportError: The folder holds something else than an export, or cannot be written.
    """
    to = to.expanduser().resolve()
    draft, old = to.with_name(f".{to.name}.draft"), to.with_name(f".{to.name}.old")
    with warehouse.read() as con:
        try:
            with FileLock(warehouse.folder / "export.lock"):
                restore(to, old)
                refuse_foreign(to)
                for leftover in (draft, old):
                    shutil.rmtree(leftover, ignore_errors=True)
                try:
                    manifest = write_draft(con, draft, tell)
                    if to.exists():
                        to.replace(old)
                    draft.replace(to)
                finally:
                    restore(to, old)
                    for leftover in (draft, old):
                        shutil.rmtree(leftover, ignore_errors=True)
                sync_folder(to.parent)
        except (OSError, duckdb.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
            raise ExportError(f"The marts cannot be written to {to}: {reason or error}.") from error
    files = [file for table in manifest["tables"] for file in table["files"]]
    return Exported(
        tables=len(manifest["tables"]),
        files=len(files),
        rows=sum(table["rows"] for table in manifest["tables"]),
        size_bytes=sum(file["size_bytes"] for file in files),
    )


def restore(to: Path, old: Path) -> None:
    """Put the earlier export back where an export ended between taking it away and putting the new one there."""
    if old.exists() and not to.exists():
        old.replace(to)


def refuse_foreign(to: Path) -> None:
    """Let only a folder be replaced that holds an export and nothing else.

    Raises:
        ExportError: It is a file, or holds what no export of ours wrote.
    """
    if not to.exists():
        return
    if not to.is_dir():
        raise ExportError(f"{to} is a file: give a folder.")
    held = {path.relative_to(to).as_posix() for path in to.rglob("*") if not path.is_dir()}
    try:
        manifest = json.loads((to / MANIFEST).read_text(encoding="utf-8"))
        is_ours = manifest["format"] == FORMAT
        own = {MANIFEST, *(file["path"] for table in manifest["tables"] for file in table["files"])}
    except (OSError, ValueError, KeyError, TypeError):
        is_ours, own = False, set()
    if foreign := sorted(held - own if is_ours else held):
        raise ExportError(f"{to} holds {foreign[0]}, which no export wrote: give an empty folder or another name.")


def write_draft(con: duckdb.DuckDBPyConnection, folder: Path, tell: Callable[[str], object]) -> dict[str, Any]:
    """Write every mart and the manifest to a new folder; returns the manifest."""
    folder.mkdir(parents=True)
    there = {
        row[0]
        for kind in ("table", "view")
        for row in con.execute(f"SELECT schema_name || '.' || {kind}_name FROM duckdb_{kind}s()").fetchall()
    }
    names = [name for name in TABLES if layer(name) == "marts" and name in there and name not in IN_ANOTHER]
    tables = []
    for number, name in enumerate(names, start=1):
        tell(f"{name}, {number} of {len(names)}")
        tables.append(write_table(con, name, folder))
    manifest = {
        "format": FORMAT,
        "made_by": f"who-wrote-what {version('who-wrote-what')}",
        "run_id": last_run(con),
        "tables": tables,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    sync(folder)
    return manifest


def last_run(con: duckdb.DuckDBPyConnection) -> str | None:
    """The run that resolved who is who in the published file."""
    rows = con.execute("SELECT run_id FROM resolved.resolutions ORDER BY number DESC LIMIT 1").fetchall()
    return str(rows[0][0]) if rows else None


def write_table(con: duckdb.DuckDBPyConnection, name: str, folder: Path) -> dict[str, Any]:
    """Write one mart; returns its part of the manifest."""
    schema, _, short = name.partition(".")
    (folder / short).mkdir()
    files = []
    for part, condition in parts(con, name):
        path = folder / short / f"{part}.parquet"
        con.execute(
            f"COPY (SELECT * FROM {name} {condition} ORDER BY {order(name)}) TO {literal(str(path))}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        file = written(con, name, path, folder)
        if file["rows"] or part == WHOLE:
            files.append(file)
        else:
            path.unlink()
    columns = con.execute(
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()"
        " WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
        [schema, short],
    ).fetchall()
    return {
        "name": name,
        "row": description(TABLES[name]),
        "key": list(TABLES[name].primary_key()),
        "rows": sum(file["rows"] for file in files),
        "columns": [dict(zip(("name", "type", "nullable", "description"), one, strict=True)) for one in columns],
        "files": files,
    }


def parts(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[tuple[str, str]]:
    """The files of a table: name without ending, and the condition of its rows, in the order of the key."""
    first = leading(name)
    tables = HOW[name].ids if name in VIEWS else (name,)
    ids = " UNION ALL ".join(f"SELECT {leading(table)} AS id FROM {table}" for table in tables)
    rows = int(con.execute(f"SELECT count(*) FROM ({ids})").fetchall()[0][0]) if tables else 0
    if rows <= WHOLE_ROWS or first is None or not has_prefixes(first):
        yield WHOLE, ""
        return
    spans = con.execute(
        f"SELECT {PREFIX.format('id')} AS prefix, min(id), max(id) FROM ({ids}) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for prefix, least, greatest in spans:
        yield file_name(prefix), f"WHERE {first} BETWEEN {literal(least)} AND {literal(greatest)}"


def leading(name: str) -> str | None:
    """The column, quoted, that a table is split by: the first of its key, when it is an id."""
    if name in VIEWS:
        return quoted(HOW[name].order[0])
    columns = TABLES[name].columns()
    key = TABLES[name].primary_key()
    return quoted(key[0]) if key and isinstance(columns[key[0]], dy.String) else None


def has_prefixes(column: str) -> bool:
    """Whether a column holds ids, whose beginnings make few files of many rows, and not words."""
    return column.endswith('_id"') or column == quoted("reference")


def order(name: str) -> str:
    """What the rows of a file are sorted by."""
    if name in VIEWS:
        return ", ".join(map(quoted, HOW[name].order))
    # Rows of one leading id keep the order they are stored in, which says which come first on a page.
    return f"{leading(name)}, rowid" if leading(name) else "rowid"


def file_name(prefix: str) -> str:
    """A prefix of an id as the name of a file anywhere."""
    return "".join(letter if letter.isalnum() else "-" for letter in prefix)


def written(con: duckdb.DuckDBPyConnection, name: str, path: Path, folder: Path) -> dict[str, Any]:
    """What the manifest says of a file, read back from it; first and last are of the leading column of the key."""
    first = leading(name)
    ends = f"min({first}), max({first})" if first else "NULL, NULL"
    rows, least, greatest = con.execute(f"SELECT count(*), {ends} FROM read_parquet({literal(str(path))})").fetchall()[
        0
    ]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "path": path.relative_to(folder).as_posix(),
        "rows": rows,
        "size_bytes": path.stat().st_size,
        "sha256": digest,
        "first": least,
        "last": greatest,
    }


def sync(folder: Path) -> None:
    """Make everything in a folder survive a power cut."""
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)
