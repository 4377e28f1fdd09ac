"""A bench whose tables are made already: making them costs more than most tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.sources.pages import Source
from warehouse import Warehouse
from warehouse.tables import create_tables

from .bench import Bench
from .small_world import AUTHORS, INSTITUTIONS, PAPERS, WORKS, json_lines


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working file with every table and no row."""
    place = Warehouse(tmp_path_factory.mktemp("empty"))
    with place.write():
        pass
    return place.working_path


@pytest.fixture
def bench(tmp_path: Path, empty_warehouse: Path) -> Bench:
    """An empty landing and an empty warehouse."""
    shutil.copy(empty_warehouse, tmp_path)
    return Bench(tmp_path)


@pytest.fixture(scope="session")
def built_world(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The small world read and built; for tests that only look."""
    built = Bench(tmp_path_factory.mktemp("world"))
    built.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    built.land(Source.OPENALEX_WORKS, json_lines(WORKS), minutes=1)
    built.land(Source.OPENALEX_INSTITUTIONS, json_lines(INSTITUTIONS), minutes=2)
    built.land(Source.OPENALEX_AUTHORS, json_lines(AUTHORS), minutes=3)
    built.build()
    return built


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table in memory, for random worlds one after the other; `bench.forget` empties them."""
    with duckdb.connect() as con:
        create_tables(con)
        yield con


@pytest.fixture(scope="module")
def fresh_connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Another one, to compare with."""
    with duckdb.connect() as con:
        create_tables(con)
        yield con
