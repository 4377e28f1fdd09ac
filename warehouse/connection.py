"""Connections: one writer at a time to the working file, any number of readers of the published one."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from filelock import AcquireReturnProxy, FileLock, Timeout

from warehouse.files import PUBLISHED, WORKING, WarehouseError
from warehouse.holders import holder, opener

logger = logging.getLogger(__name__)

SILENT_SECONDS = 1.0
"""How long a writer waits for another before it says for whom."""

NO_ROOM = "No space left on device"
"""What DuckDB says, in the system's words, of a full disk."""


@dataclass(frozen=True)
class Limits:
    """What DuckDB may use.

    Args:
        threads: Worker threads; None leaves DuckDB's own choice, all cores.
        memory: Memory limit as DuckDB writes it, such as `8GB`; None leaves DuckDB's own choice.
    """

    threads: int | None = None
    memory: str | None = None


@dataclass(frozen=True)
class Warehouse:
    """A folder with the writer's file, the published file and the lock between writers.

    Args:
        folder: Where the files are; made when a writer first comes.
        limits: What DuckDB may use.
    """

    folder: Path
    limits: Limits = Limits()

    @property
    def working_path(self) -> Path:
        """The writer's own file."""
        return self.folder / WORKING

    @property
    def published_path(self) -> Path:
        """The file that analysts open; replaced whole at each publication."""
        return self.folder / PUBLISHED

    @contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the working file as its only writer, in one transaction.

        Waits its turn behind another writer, in this process or any other. Commits when the block ends, rolls back
        when it raises, and closes in both cases, so that no lock outlives the block.
        """
        with self._turn(), self._opened() as con:
            con.execute("BEGIN")
            try:
                yield con
            except BaseException:
                con.execute("ROLLBACK")
                raise
            con.execute("COMMIT")

    def publish(self) -> int:
        """Replace the published file by a copy of everything committed; returns its size in bytes."""
        # The contracts take half a second to come in, which a reader need not wait for.
        from warehouse.publish import is_copied_whole, publish, publish_file  # noqa: PLC0415

        with self._turn():
            with self._opened() as con:
                if not is_copied_whole(con):
                    return publish(con, self.published_path)
            return publish_file(self.working_path, self.published_path)

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the published file read-only; the view stays as it is while the block runs, whatever is published.

        Raises:
            WarehouseError: Nothing has been published yet, or another version of this program published what is not
                asked for as this one does.
        """
        if not self.published_path.exists():
            raise WarehouseError(f"Nothing is published in {self.folder} yet: run `pipeline run` or `pipeline import`.")
        con = self._open(self.published_path, read_only=True)
        try:
            yield con
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            from warehouse.upgrade import is_of_another_version  # noqa: PLC0415

            if not is_of_another_version(con):
                raise
            raise WarehouseError(
                f"{self.published_path} was published by another version of this program, which has its columns"
                f" differently ({str(error).splitlines()[0]}): run `pipeline publish`."
            ) from error
        finally:
            con.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Be the only writer, in this process and all others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            try:
                yield
            except (duckdb.Error, OSError) as error:
                if NO_ROOM not in str(error):
                    raise
                raise WarehouseError(
                    f"The disk of {self.folder} is full; make room and give the same command again: what was committed"
                    " stays."
                ) from error

    def _lock(self) -> AcquireReturnProxy[FileLock]:
        """Take the lock between writers, to be let go at the end of a block; says for whom it has to wait."""
        lock = FileLock(self.folder / "working.lock")
        try:
            return lock.acquire(timeout=SILENT_SECONDS)
        except Timeout:
            writer = holder(Path(lock.lock_file))
            logger.warning("%s is being written by %s: waiting for its end.", self.working_path, writer)
            return lock.acquire()

    @contextmanager
    def _opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The working file with every table in it as its contract has it now, for the only writer."""
        con = self._open(self.working_path, read_only=False)
        try:
            from warehouse.upgrade import bring_to_contracts  # noqa: PLC0415

            bring_to_contracts(con, self.folder)
            yield con
        finally:
            con.close()

    def _open(self, path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "temp_directory": str(self.folder / "spill"),
        }
        if self.limits.threads:
            config["threads"] = str(self.limits.threads)
        if self.limits.memory:
            config["memory_limit"] = self.limits.memory
        try:
            con = duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.IOException as error:
            if (other := opener(str(error))) is not None:
                raise WarehouseError(
                    f"{path} is open in {other}: close it there, then give the same command again; for reading, open"
                    f" {PUBLISHED} there, read-only."
                ) from error
            raise WarehouseError(f"{path} cannot be opened: {error}".splitlines()[0]) from error
        # Not before the file is open: the log that a kill leaves is replayed with functions DuckDB loads on demand.
        con.execute("SET autoload_known_extensions = false")
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET enable_progress_bar = false")  # its own would be drawn into the commands' bars
        return con
