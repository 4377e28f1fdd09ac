"""The reads that are timed are those of the pages, and run."""

import importlib

import duckdb
import pytest

from warehouse.tables import create_tables


@pytest.fixture
def panel_latency():
    return importlib.import_module("panel_latency")


@pytest.fixture(scope="module")
def fresh():
    with duckdb.connect() as con:
        create_tables(con)
        yield con


def test_every_panel_can_be_read_from_a_fresh_warehouse(panel_latency, fresh):
    reads = panel_latency.AUTHOR | panel_latency.PAPER
    assert {name: read(fresh, "nobody") for name, read in reads.items()} == dict.fromkeys(reads, 0)


def test_a_read_is_a_row_of_milliseconds(panel_latency, fresh):
    table = panel_latency.timed(fresh, "author", panel_latency.AUTHOR["author"], ["nobody", "none"], "any author")
    assert table["rows"].to_list() == [0, 0]
    assert (table["ms"] > 0).all()


def test_ids_of_each_sample_can_be_drawn(panel_latency, fresh):
    for sql in panel_latency.IDS.values():
        assert fresh.execute(sql, {"n": 3}).fetchall() == []
