"""What Dagster shows of a table, derived from its contract, and the partitions and pools that assets share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from pipeline.schemas import TABLES, Table, description, layer
from pipeline.sources.arxiv import EARLIEST
from pipeline.steps import count
from warehouse import Warehouse
from warehouse.tables import duckdb_type

DAYS = dg.DailyPartitionsDefinition(start_date=EARLIEST.isoformat(), timezone="UTC")
"""A partition is a UTC day of first submission."""

WRITER_POOL = "warehouse"
"""Pool of everything that opens the working file: DuckDB takes one writer process."""

OWNERS = ["team:warehouse"]


def asset_key(table: str) -> dg.AssetKey:
    """The asset of a table: `staging.works` is staging/works."""
    return dg.AssetKey(table.split("."))


def column_schema(table: Table) -> dg.TableSchema:
    """A contract's columns as the catalogue shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=name,
                type=short_type(column.dtype),
                description=" ".join(filter(None, [column.description, fields_in_words(column.dtype)])),
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
            )
            for name, column in table.columns().items()
        ]
    )


def short_type(dtype: pl.DataType) -> str:
    """A column's type in DuckDB without the fields of a struct, for which the catalogue has no room."""
    struct, end, after = duckdb_type(dtype).rpartition(")")
    return f"STRUCT{after}" if end and struct.startswith("STRUCT(") else duckdb_type(dtype)


def fields_in_words(dtype: pl.DataType) -> str:
    """The fields of a struct, or of a list's structs, as a sentence; empty for any other type."""
    held = dtype.inner if isinstance(dtype, pl.List) else dtype
    return f"Fields: {', '.join(field.name for field in held.fields)}." if isinstance(held, pl.Struct) else ""


def table_spec(table: str, deps: Iterable[str], *, code_version: str = "1") -> dg.AssetSpec:
    """The asset of a table that SQL or a pure function fills."""
    contract = TABLES[table]
    return dg.AssetSpec(
        key=asset_key(table),
        deps=[asset_key(name) for name in deps],
        description=description(contract),
        group_name=layer(table),
        kinds={"duckdb", "table"},
        owners=OWNERS,
        code_version=code_version,
        metadata={
            "dagster/column_schema": column_schema(contract),
            "dagster/table_name": table,
        },
    )


def table_specs(tables: Sequence[str], deps: Sequence[str]) -> list[dg.AssetSpec]:
    """The assets of the tables one step fills from the same tables."""
    return [table_spec(table, deps) for table in tables]


def fill(
    warehouse: Warehouse,
    tables: Sequence[str],
    step: Callable[[duckdb.DuckDBPyConnection], Mapping[str, int]],
    show: Callable[[duckdb.DuckDBPyConnection, Sequence[str]], Mapping[str, Mapping[str, Any]]] | None = None,
) -> list[dg.MaterializeResult]:
    """Run a step in one transaction; one materialisation a table it fills, made once everything is committed.

    Args:
        warehouse: Where the tables are.
        tables: The tables that the step fills.
        step: Fills them and returns what it counted.
        show: Gives metadata of each table beside its row count.
    """
    with warehouse.write() as con:
        counts = step(con)
        rows = row_counts(con, tables)
        shown = show(con, tables) if show else {}
    return results(rows, counts, shown)


def row_counts(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    """Rows by table."""
    return {table: count(con, f"SELECT count(*) FROM {table}") for table in tables}


def results(
    rows: Mapping[str, int], counts: Mapping[str, int], shown: Mapping[str, Mapping[str, Any]]
) -> list[dg.MaterializeResult]:
    """One materialisation a table with its row count; what the step counted stands on the first."""
    return [
        dg.MaterializeResult(
            asset_key=asset_key(table),
            metadata={"dagster/row_count": n, **(counts if place == 0 else {}), **shown.get(table, {})},
        )
        for place, (table, n) in enumerate(rows.items())
    ]
