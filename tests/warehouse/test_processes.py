"""The warehouse between processes: writers take turns, readers keep their view, a kill loses nothing."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
from contextlib import contextmanager

import pytest

from pipeline.schemas import TABLES
from warehouse import Warehouse, WarehouseError, connection

PLACES = "staging.mention_institutions"
DEADLINE_SECONDS = 60
"""For what takes a second; a machine under load may need many."""

BEGINNING = f"""
import sys
from pathlib import Path
from warehouse import Warehouse
warehouse = Warehouse(Path(sys.argv[1]))
PLACES = {PLACES!r}

def arrived():
    # Tell the parent, then stay here until it says to go on; a kill finds us here.
    print("arrived", flush=True)
    sys.stdin.readline()
"""

IN_A_WRITE = """
with warehouse.write() as con:
    con.execute(f"INSERT INTO {PLACES} SELECT 'lost#' || i, 'I1' FROM range(10000) AS t(i)")
    con.execute(f"DELETE FROM {PLACES} WHERE mention_id = 'kept'")
    arrived()
"""

IN_THE_COPY = """
import os

def half(source, target, count):
    os.write(target, os.read(source, count // 2))
    arrived()

os.copy_file_range = half
warehouse.publish()
"""

IN_THE_ROWS = """
import duckdb

class Halfway:
    # A connection that stops with one table of the copy written and the others not.
    def __init__(self, con):
        self.con = con

    def execute(self, sql):
        if sql.startswith("COPY FROM DATABASE"):
            self.con.execute("CREATE SCHEMA draft.staging")
            self.con.execute("CREATE TABLE draft.staging.half AS SELECT range AS i FROM range(200000)")
            self.con.execute("CHECKPOINT draft")
            arrived()
        return self.con.execute(sql)

from warehouse.publish import publish
with warehouse._turn(), warehouse._opened() as con:
    publish(Halfway(con), warehouse.published_path)
"""

BEFORE_THE_RENAME = """
replace = Path.replace
def late(self, target):
    arrived()
    return replace(self, target)
Path.replace = late
warehouse.publish()
"""

AFTER_THE_RENAME = """
import importlib
importlib.import_module("warehouse.publish").sync_folder = lambda folder: arrived()
warehouse.publish()
"""

READER = """
with warehouse.read() as con:
    count = lambda: con.execute(f"SELECT count(*) FROM {PLACES}").fetchall()[0][0]
    before = count()
    arrived()
    print(before, count(), flush=True)
with warehouse.read() as con:
    print(count(), flush=True)
"""


CATALOGUE = (
    "SELECT schema_name, table_name, comment FROM duckdb_tables() ORDER BY ALL",
    "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
    "SELECT schema_name, table_name, constraint_text FROM duckdb_constraints() ORDER BY ALL",
)
"""What a copy may lose without a row being missing."""


@contextmanager
def another_process(folder, body):
    """A process that runs a script over the warehouse and has arrived where it waits."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(BEGINNING) + body, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "arrived\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def warehouse(tmp_path):
    """A warehouse with one row, published."""
    place = Warehouse(tmp_path)
    add(place, "kept")
    place.publish()
    return place


def add(place, mention_id):
    with place.write() as con:
        con.execute(f"INSERT INTO {PLACES} VALUES (?, 'I1')", [mention_id])


def mentions(con):
    return [row[0] for row in con.execute(f"SELECT mention_id FROM {PLACES} ORDER BY 1").fetchall()]


def published(place):
    with place.read() as con:
        return mentions(con)


def working(place):
    with place.write() as con:
        return mentions(con)


def test_a_block_that_raises_leaves_nothing_behind(warehouse):
    with pytest.raises(ZeroDivisionError), warehouse.write() as con:  # noqa: PT012 - the block is what is tested
        con.execute(f"INSERT INTO {PLACES} VALUES ('lost', 'I1')")
        raise ZeroDivisionError
    assert working(warehouse) == ["kept"]


def test_nothing_is_seen_before_it_is_published(warehouse):
    add(warehouse, "later")
    assert published(warehouse) == ["kept"]
    warehouse.publish()
    assert published(warehouse) == ["kept", "later"]


def test_a_published_file_cannot_be_written(warehouse):
    with warehouse.read() as con, pytest.raises(Exception, match="read-only"):
        con.execute(f"DELETE FROM {PLACES}")


def test_reading_before_anything_is_published_says_what_to_run(tmp_path):
    with pytest.raises(WarehouseError, match=r"Nothing is published .* run `pipeline run`"), Warehouse(tmp_path).read():
        pass


def test_a_file_that_is_no_warehouse_is_named(tmp_path):
    (tmp_path / "warehouse.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(WarehouseError, match=r"warehouse.duckdb cannot be opened"), Warehouse(tmp_path).read():
        pass


OPENED = """
import duckdb
con = duckdb.connect(str(warehouse.working_path), read_only=True)
arrived()
"""


def test_a_file_that_is_open_elsewhere_is_told_with_who_has_it(warehouse):
    with another_process(warehouse.folder, OPENED) as process:
        sentence = rf"working\.duckdb is open in process {process.pid} \(python.*\): close it there, then give"
        with pytest.raises(WarehouseError, match=sentence), warehouse.write():
            pass


def test_a_writer_that_has_to_wait_says_for_whom(warehouse, caplog, monkeypatch):
    monkeypatch.setattr(connection, "SILENT_SECONDS", 0.05)
    with another_process(warehouse.folder, IN_A_WRITE) as process:
        threading.Timer(1, process.kill).start()
        add(warehouse, "later")
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
        f"{warehouse.working_path} is being written by process {process.pid}"
    ]
    assert working(warehouse) == ["kept", "later"]


def test_comments_and_constraints_are_published_too(warehouse):
    with warehouse.write() as con:
        mine = [con.execute(sql).fetchall() for sql in CATALOGUE]
    with warehouse.read() as con:
        theirs = [con.execute(sql).fetchall() for sql in CATALOGUE]
    assert theirs == mine
    assert len(theirs[-1]) > len(TABLES)


def test_a_writer_waits_its_turn_behind_another_process(warehouse):
    with another_process(warehouse.folder, IN_A_WRITE.replace("lost#", "theirs#")) as process:
        mine = threading.Thread(target=add, args=(warehouse, "mine"))
        mine.start()
        mine.join(0.3)
        assert mine.is_alive()
        assert published(warehouse) == ["kept"]
        process.communicate("go on\n", timeout=DEADLINE_SECONDS)
        mine.join(DEADLINE_SECONDS)
    assert process.returncode == 0
    assert len(working(warehouse)) == 10_001
    assert "mine" in working(warehouse)


def test_writers_in_one_process_take_turns_too(warehouse):
    threads = [threading.Thread(target=add, args=(warehouse, f"thread {n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_SECONDS)
    assert working(warehouse) == ["kept", *(f"thread {n}" for n in range(4))]


def test_a_reader_keeps_its_view_while_a_new_file_is_published(warehouse):
    with another_process(warehouse.folder, READER) as process:
        add(warehouse, "later")
        warehouse.publish()
        answer, _ = process.communicate("go on\n", timeout=DEADLINE_SECONDS)
    assert answer.split() == ["1", "1", "2"]


@pytest.mark.parametrize(
    "where", [IN_THE_COPY, IN_THE_ROWS, BEFORE_THE_RENAME], ids=["in the copy", "in the rows", "before the rename"]
)
def test_a_publication_that_is_killed_leaves_the_last_good_file(warehouse, where):
    add(warehouse, "later")
    with another_process(warehouse.folder, where) as process:
        process.send_signal(signal.SIGKILL)
        assert process.wait(DEADLINE_SECONDS) == -signal.SIGKILL
    draft = warehouse.published_path.with_suffix(".duckdb.tmp")
    assert draft.exists()
    assert published(warehouse) == ["kept"]
    warehouse.publish()
    assert published(warehouse) == ["kept", "later"]
    assert sorted(path.name for path in warehouse.folder.glob("*.tmp*")) == []


def refuses(*_):
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


@pytest.mark.parametrize("copied", [refuses, lambda *_: 0], ids=["refuses", "copies nothing"])
def test_a_file_system_that_does_not_copy_by_itself_publishes_all_the_same(warehouse, monkeypatch, copied):
    add(warehouse, "later")
    monkeypatch.setattr(os, "copy_file_range", copied)
    assert warehouse.publish() == warehouse.published_path.stat().st_size
    assert published(warehouse) == ["kept", "later"]


def test_a_full_disk_in_the_copy_leaves_the_last_good_file(warehouse, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    add(warehouse, "later")
    monkeypatch.setattr(os, "copy_file_range", full)
    with pytest.raises(WarehouseError, match="disk"):
        warehouse.publish()
    assert published(warehouse) == ["kept"]


def test_a_publication_that_is_killed_after_the_rename_is_done(warehouse):
    add(warehouse, "later")
    with another_process(warehouse.folder, AFTER_THE_RENAME) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE_SECONDS)
    assert published(warehouse) == ["kept", "later"]


def test_a_write_that_is_killed_leaves_both_files_as_they_were(warehouse):
    with another_process(warehouse.folder, IN_A_WRITE) as process:
        process.send_signal(signal.SIGKILL)
        assert process.wait(DEADLINE_SECONDS) == -signal.SIGKILL
    assert published(warehouse) == ["kept"]
    assert working(warehouse) == ["kept"]
    add(warehouse, "later")
    warehouse.publish()
    assert published(warehouse) == ["kept", "later"]
