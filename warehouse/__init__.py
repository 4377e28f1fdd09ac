"""The DuckDB warehouse: opening it, its SQL, its tables and its publication.

`connect` opens the writer's own file, one writer at a time across processes; `read` opens the published file that
analysts see; `query` gives the text of a file under `sql/`. Tables are made from the contracts in `pipeline.schemas`
(`tables.py`), and `publish.py` copies the writer's file over the published one. Nothing here knows what a person or a
paper is, but for the names that must not be published (`withheld.py`).
"""

from warehouse.connection import Limits, Warehouse, WarehouseError
from warehouse.sql import query
from warehouse.tables import (
    append,
    create_tables,
    merge,
    replace,
    replace_from_query,
    replace_in_batches,
    violations,
)

__all__ = [
    "Limits",
    "Warehouse",
    "WarehouseError",
    "append",
    "create_tables",
    "merge",
    "query",
    "replace",
    "replace_from_query",
    "replace_in_batches",
    "violations",
]
