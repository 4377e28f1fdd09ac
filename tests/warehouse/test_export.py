"""The export: what readers find in it, whole or not at all, and nothing of anybody else's overwritten."""

import hashlib
import itertools
import json
import shutil
import signal
import subprocess
import sys

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline.schemas import TABLES, VIEWS, layer
from warehouse import Limits, Warehouse, WarehouseError
from warehouse import export as exporting
from warehouse.export import ExportError, export_marts

MARTS = [name for name in TABLES if layer(name) == "marts" and name not in exporting.IN_ANOTHER]


@pytest.fixture(scope="module")
def published(asked_world):
    return asked_world.warehouse


@pytest.fixture(scope="module")
def exported(published, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "marts"
    return folder, export_marts(published, folder)


def sorted_by(name):
    return list(exporting.HOW[name].order if name in VIEWS else TABLES[name].primary_key())


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


def bytes_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table_rows(published, sql):
    with published.read() as con:
        return con.execute(sql).fetchall()


def test_every_mart_is_a_folder_with_what_the_manifest_says(exported, published):
    folder, done = exported
    manifest = manifest_of(folder)
    assert [table["name"] for table in manifest["tables"]] == MARTS
    assert manifest["run_id"] == "second"
    for table in manifest["tables"]:
        assert table["rows"] == table_rows(published, f"SELECT count(*) FROM {table['name']}")[0][0]
        assert [column["name"] for column in table["columns"]] == list(TABLES[table["name"]].column_names())
        assert all(column["description"] for column in table["columns"])
        assert table["key"] == list(TABLES[table["name"]].primary_key())
        for file in table["files"]:
            path = folder / file["path"]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
            assert path.stat().st_size == file["size_bytes"]
            assert pq.ParquetFile(path).metadata.num_rows == file["rows"]
    files = {file["path"] for table in manifest["tables"] for file in table["files"]}
    assert set(bytes_of(folder)) == files | {"manifest.json"}
    assert (done.tables, done.files) == (len(MARTS), len(files))


@pytest.mark.parametrize("name", MARTS)
def test_duckdb_reads_back_the_very_rows(exported, published, name):
    folder, _ = exported
    files = f"read_parquet('{folder}/{name.partition('.')[2]}/*.parquet')"
    with published.read() as con:
        assert con.execute(f"SELECT * FROM {files} EXCEPT ALL SELECT * FROM {name}").fetchall() == []
        assert con.execute(f"SELECT * FROM {name} EXCEPT ALL SELECT * FROM {files}").fetchall() == []
        types = "SELECT column_name, column_type FROM (DESCRIBE FROM {})"
        assert con.execute(types.format(files)).fetchall() == con.execute(types.format(name)).fetchall()


@pytest.mark.parametrize("name", MARTS)
def test_polars_reads_it_with_the_contracts_types(exported, name):
    folder, _ = exported
    read = pl.read_parquet(folder / name.partition(".")[2])
    contract = {column: spec.dtype for column, spec in TABLES[name].columns().items()}
    # An Enum is a text with a rule; the rule stands in the contract.
    assert dict(read.schema) == {
        column: pl.String() if isinstance(dtype, pl.Enum) else dtype for column, dtype in contract.items()
    }
    first = read[sorted_by(name)[0]]
    assert first.equals(first.sort())


@pytest.mark.parametrize("name", MARTS)
def test_spark_can_read_every_type(exported, name):
    folder, _ = exported
    schema = pq.ParquetFile(folder / name.partition(".")[2] / "all.parquet").schema
    for column in map(schema.column, range(len(schema))):
        logical = json.loads(column.logical_type.to_json())
        assert column.physical_type not in {"INT96", "FIXED_LEN_BYTE_ARRAY"}
        assert logical["Type"] in {"None", "String", "Int", "Timestamp", "Date"}
        assert logical.get("isSigned", True)
        assert logical.get("timeUnit", "microseconds") == "microseconds"
        assert logical.get("isAdjustedToUTC", True)


def test_the_same_file_gives_the_same_bytes_whatever_the_threads(exported, published, tmp_path):
    folder, _ = exported
    for threads in (1, 4):
        export_marts(Warehouse(published.folder, Limits(threads=threads)), tmp_path / "again")
        assert bytes_of(tmp_path / "again") == bytes_of(folder)


def test_a_larger_table_is_split_by_the_beginning_of_its_ids(exported, published, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "WHOLE_ROWS", 10)
    export_marts(published, tmp_path / "split")
    tables = {table["name"]: table for table in manifest_of(tmp_path / "split")["tables"]}
    papers = tables["marts.papers"]["files"]
    assert [file["path"] for file in papers] == [
        "papers/arxiv-21.parquet",
        "papers/arxiv-22.parquet",
        "papers/openalex-W1.parquet",
        "papers/openalex-W2.parquet",
    ]
    assert [(file["first"], file["last"], file["rows"]) for file in papers][1] == (
        "arxiv:2205.00001",
        "arxiv:2206.00001",
        3,
    )
    assert len(tables["marts.authors"]["files"]) > 10
    assert [len(tables[f"marts.{name}"]["files"]) for name in ("related_terms", "author_names")] == [1, 1]
    for name in MARTS:
        short = name.partition(".")[2]
        key = sorted_by(name)
        whole = pl.read_parquet(exported[0] / short).sort(key)
        assert pl.read_parquet(tmp_path / "split" / short).sort(key).equals(whole)
        ends = [(file["first"], file["last"]) for file in tables[name]["files"]]
        assert ends == sorted(ends)
        assert all(left[1] < right[0] for left, right in itertools.pairwise(ends))


def test_an_earlier_export_is_replaced_whole(published, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "WHOLE_ROWS", 10)
    export_marts(published, tmp_path / "marts")
    assert (tmp_path / "marts" / "papers" / "arxiv-21.parquet").exists()
    monkeypatch.undo()
    export_marts(published, tmp_path / "marts")
    assert sorted(path.name for path in (tmp_path / "marts" / "papers").iterdir()) == ["all.parquet"]
    assert [path.name for path in tmp_path.iterdir()] == ["marts"]


def test_an_empty_folder_is_taken(published, tmp_path):
    (tmp_path / "marts").mkdir()
    export_marts(published, tmp_path / "marts")
    assert manifest_of(tmp_path / "marts")["tables"]


def test_a_folder_of_somebody_else_stays(published, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match=r"holds notes\.txt, which no export wrote: give an empty folder"):
        export_marts(published, tmp_path)
    assert bytes_of(tmp_path) == {"notes.txt": b"mine"}


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other", "tables": []}', '{"format": 1}'])
def test_a_manifest_of_somebody_else_stays(published, tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ExportError, match="which no export wrote"):
        export_marts(published, tmp_path)
    assert bytes_of(tmp_path) == {"manifest.json": text.encode()}


def test_a_file_that_was_put_into_an_export_stays(published, exported, tmp_path):
    shutil.copytree(exported[0], tmp_path / "marts")
    (tmp_path / "marts" / "papers" / "mine.parquet").write_bytes(b"mine")
    before = bytes_of(tmp_path / "marts")
    with pytest.raises(ExportError, match=r"holds papers/mine\.parquet"):
        export_marts(published, tmp_path / "marts")
    assert bytes_of(tmp_path / "marts") == before


def test_nothing_published_is_said(tmp_path):
    with pytest.raises(WarehouseError, match="Nothing is published"):
        export_marts(Warehouse(tmp_path), tmp_path / "marts")


def test_what_fails_leaves_the_earlier_export_and_no_draft(published, exported, tmp_path, monkeypatch):
    shutil.copytree(exported[0], tmp_path / "marts")
    before = bytes_of(tmp_path / "marts")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "sync", full)
    with pytest.raises(ExportError, match=r"cannot be written to .*: No space left on device"):
        export_marts(published, tmp_path / "marts")
    assert bytes_of(tmp_path / "marts") == before
    assert [path.name for path in tmp_path.iterdir()] == ["marts"]


def test_a_rename_that_fails_brings_the_earlier_export_back(published, exported, tmp_path, monkeypatch):
    shutil.copytree(exported[0], tmp_path / "marts")
    replace = exporting.Path.replace

    def late(self, target):
        if self.name.endswith(".draft"):
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(exporting.Path, "replace", late)
    with pytest.raises(ExportError, match="Permission denied"):
        export_marts(published, tmp_path / "marts")
    assert bytes_of(tmp_path / "marts") == bytes_of(exported[0])


KILLED = """
import os, signal, sys
from pathlib import Path
from warehouse import Warehouse, export
replace = Path.replace
moves = []
def last(self, target):
    moves.append(self)
    if len(moves) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
Path.replace = last
export.export_marts(Warehouse(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("move", [1, 2], ids=["before the old one is taken away", "before the new one is there"])
def test_a_killed_export_leaves_no_half_folder_and_the_next_one_is_whole(published, exported, tmp_path, move):
    target = tmp_path / "marts"
    shutil.copytree(exported[0], target)
    (target / "papers" / "all.parquet").write_bytes(b"old")
    words = [sys.executable, "-c", KILLED, str(published.folder), str(target), str(move)]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    if target.exists():
        assert bytes_of(target)["papers/all.parquet"] == b"old"
    export_marts(published, target)
    assert bytes_of(target) == bytes_of(exported[0])
    assert [path.name for path in tmp_path.iterdir()] == ["marts"]


def test_the_published_file_is_exported_and_not_the_writers(tmp_path):
    place = Warehouse(tmp_path)
    place.publish()
    reason = "INSERT INTO marts.trust_reasons VALUES ('A1', 'claim', 0, 1, 1, 0, 'none', '{}', [])"
    with place.write() as con:
        con.execute(reason.format("Not yet."))
    with duckdb.connect(str(place.published_path)) as con:
        con.execute(reason.format("Published."))
    export_marts(place, tmp_path / "marts")
    assert pl.read_parquet(tmp_path / "marts" / "trust_reasons")["sentence"].to_list() == ["Published."]
