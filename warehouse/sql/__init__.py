"""The SQL of the warehouse: one query a file, one table a query; the first comment says what one row is."""

from importlib.resources import files


def query(name: str) -> str:
    """The text of a query by its path without ending, such as `marts/papers`.

    Raises:
        FileNotFoundError: There is no such query.
    """
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
