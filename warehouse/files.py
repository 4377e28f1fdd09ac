"""What the warehouse's files are called, and the error that says what is wrong with one."""

from typing import Final

from pipeline.errors import PlainError

WORKING: Final = "working.duckdb"
PUBLISHED: Final = "warehouse.duckdb"


class WarehouseError(PlainError):
    """The warehouse cannot be opened or written; the message says why and what to do."""
