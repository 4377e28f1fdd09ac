"""The DuckDB warehouse: opening it, its SQL, its tables and its publication.

`connect` opens the writer's own file, one writer at a time across processes; `read` opens the published file that
analysts see; `query` gives the text of a file under `sql/`. Tables are made from the contracts in `pipeline.schemas`
(`tables.py`), and those of a file that another version made are brought to them (`upgrade.py`); `publish.py` copies the
writer's file over the published one, `export.py` writes its marts as Parquet, and `queries/` has the questions that
people ask of it. Nothing here but these knows what a person or a paper is, except for the names that must not be
published (`withheld.py`).
"""

from warehouse.connection import Limits, Warehouse
from warehouse.files import WarehouseError
from warehouse.sql import query

__all__ = ["Limits", "Warehouse", "WarehouseError", "query"]
