"""Tables from contracts: definitions with comments and constraints, and the few ways of filling them.

A contract's rules become `NOT NULL` and `CHECK` constraints, so that a table filled by SQL keeps them as one filled
from a frame does. Keys of the large tables are proved by a query (`violations`) instead of an index: an index over
millions of text keys costs more than the whole load, and each table is stored sorted by its key, which prunes reads.
"""

from collections.abc import Iterable

import dataframely as dy
import duckdb
import polars as pl

from pipeline.schemas import TABLES, VIEWS, Table, description, layer
from warehouse.sql import query

KEYED = frozenset({"marts.authors", "marts.papers", "marts.established_ties", "staging.works"})
"""Tables read by their key in apps; these get a primary key index."""

SCALARS: dict[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Enum: "VARCHAR",
    pl.Boolean: "BOOLEAN",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Date: "DATE",
}


def duckdb_type(dtype: pl.DataType) -> str:
    """The DuckDB type of a contract's polars type."""
    if isinstance(dtype, pl.List):
        return f"{duckdb_type(inner(dtype.inner))}[]"
    if isinstance(dtype, pl.Struct):
        fields = ", ".join(f'"{field.name}" {duckdb_type(inner(field.dtype))}' for field in dtype.fields)
        return f"STRUCT({fields})"
    if isinstance(dtype, pl.Datetime):
        return "TIMESTAMP WITH TIME ZONE"
    return SCALARS[type(dtype)]


def inner(dtype: object) -> pl.DataType:
    """The instance of a nested type, which polars may give as a class."""
    return dtype() if isinstance(dtype, type) else dtype  # type: ignore[return-value] # polars types are loose here


def literal(text: str) -> str:
    """Text as a SQL string literal; used for contract texts only, never for data."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column name that may be a SQL word, such as `by`."""
    return f'"{name}"'


def column_rules(name: str, column: dy.Column) -> list[str]:
    """The constraints of one column as SQL, but for nulls."""
    name, rules = quoted(name), []
    if isinstance(column, dy.String) and column.regex:
        rules.append(f"CHECK (regexp_matches({name}, {literal(column.regex)}))")
    if isinstance(column, dy.String) and column.min_length:
        rules.append(f"CHECK (length({name}) >= {column.min_length})")
    if isinstance(column, dy.Enum):
        rules.append(f"CHECK ({name} IN ({', '.join(literal(value) for value in column.categories)}))")
    if isinstance(column, dy.Float64):
        # NaN counts as greater than every number, so a minimum alone would let it in.
        rules.append(f"CHECK (isfinite({name}))")
    if isinstance(column, dy.Int32 | dy.Int64 | dy.Float64):
        rules += [f"CHECK ({name} >= {column.min})"] if column.min is not None else []
        rules += [f"CHECK ({name} <= {column.max})"] if column.max is not None else []
    return rules


def definition(name: str, table: Table) -> str:
    """The `CREATE TABLE` statement of a contract, in the order in which DuckDB gives one back."""
    indexed = table.primary_key() if name in KEYED else []
    columns, rules = [], []
    for column_name, column in table.columns().items():
        needs_value = not column.nullable and column_name not in indexed
        columns.append(f"{quoted(column_name)} {duckdb_type(column.dtype)}{' NOT NULL' if needs_value else ''}")
        rules += column_rules(column_name, column)
    key = [f"PRIMARY KEY ({', '.join(indexed)})"] if indexed else []
    return f"CREATE TABLE {name} ({', '.join([*columns, *rules, *key])})"


def comments(name: str, table: Table, catalog: str = "") -> list[str]:
    """The `COMMENT` statements of a contract's table and columns, in another file if its catalog is named."""
    key = ", ".join(table.primary_key())
    row = description(table) + (f" Key: {key}." if key else "")
    kind, name = "VIEW" if name in VIEWS else "TABLE", f"{catalog}.{name}" if catalog else name
    return [
        f"COMMENT ON {kind} {name} IS {literal(row)}",
        *(
            f"COMMENT ON COLUMN {name}.{quoted(column_name)} IS {literal(column.description or '')}"
            for column_name, column in table.columns().items()
        ),
    ]


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make every table, with comments, in an empty database, in one transaction."""
    con.execute("BEGIN")
    for name in TABLES:
        if name not in VIEWS:
            create_table(con, name)
    create_views(con)
    con.execute("COMMIT")


def create_table(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make a table by its contract, with comments."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {layer(name)}")
    con.execute(definition(name, TABLES[name]))
    for comment in comments(name, TABLES[name]):
        con.execute(comment)


def create_views(con: duckdb.DuckDBPyConnection) -> None:
    """Make the views as their queries have them now, with comments, those that others read first."""
    for name in (name for name in TABLES if name in VIEWS):
        con.execute(f"CREATE OR REPLACE VIEW {name} AS {query(name.replace('.', '/'))}")
        for comment in comments(name, TABLES[name]):
            con.execute(comment)


def column_list(name: str) -> str:
    """The contract's columns, in its order, for an `INSERT` or `SELECT`."""
    return ", ".join(map(quoted, TABLES[name].column_names()))


def order(name: str) -> str:
    """The `ORDER BY` that stores a table sorted by its key; empty for a table without one."""
    key = TABLES[name].primary_key()
    return f"ORDER BY {', '.join(key)}" if key else ""


def append(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> int:
    """Add a frame's rows; the frame must keep the contract.

    Raises:
        dataframely.exc.ValidationError: A row breaks the contract.
    """
    checked = TABLES[name].validate(frame, cast=True)
    insert(con, name, checked)
    return checked.height


def insert(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Add a frame's rows, which nothing but the table's own constraints holds to the contract.

    For batches: a frame that SQL is let see stays in memory until the transaction ends.
    """
    con.from_arrow(frame.select(TABLES[name].column_names()).to_arrow()).insert_into(name)


def replace(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> int:
    """Put a frame in a table's place, sorted by its key; the frame must keep the contract."""
    checked = TABLES[name].validate(frame, cast=True)
    con.register("rows_to_replace", checked.to_arrow())
    con.execute(f"TRUNCATE {name}")
    con.execute(f"INSERT INTO {name} SELECT {column_list(name)} FROM rows_to_replace {order(name)}")
    con.unregister("rows_to_replace")
    return checked.height


def replace_in_batches(con: duckdb.DuckDBPyConnection, name: str, batches: Iterable[pl.DataFrame]) -> int:
    """Put frames that come one after the other, in the order of the key, in a table's place."""
    con.execute(f"TRUNCATE {name}")
    return sum(append(con, name, batch) for batch in batches)


def replace_from_query(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> int:
    """Put a query's rows in a table's place, sorted by its key; constraints of the table hold them to the contract."""
    con.execute(f"TRUNCATE {name}")
    con.execute(f"INSERT INTO {name} SELECT {column_list(name)} FROM ({sql}) {order(name)}")
    rows = con.execute(f"SELECT count(*) FROM {name}").fetchall()
    return int(rows[0][0])


def renew(con: duckdb.DuckDBPyConnection, name: str, sql: str, where: str) -> None:
    """Bring some rows of a table to what a query gives; rows that stay as they are are not touched.

    The temporary tables `went` and `came` hold the rows that went and came until the next renewal; a row that changed
    is in both.

    Args:
        con: A writer's connection.
        name: A table with a key.
        sql: Query of all rows that are to stand in the place of those.
        where: SQL condition of the rows of the table whose place they take.
    """
    con.execute(
        f"CREATE OR REPLACE TEMPORARY TABLE standing_rows AS SELECT rowid AS _row, {column_list(name)} FROM {name}"
        f" WHERE {where if where == 'true' else f'rowid IN (SELECT rowid FROM {name} WHERE {where})'}"
    )
    renew_rows(con, name, sql, "standing_rows")
    con.execute("DROP TABLE temp.standing_rows")


def renew_rows(con: duckdb.DuckDBPyConnection, name: str, sql: str, standing: str) -> None:
    """Do what `renew` does, where a temporary table has the rows whose place is taken, with their `rowid` as `_row`."""
    contract = TABLES[name]
    key = ", ".join(map(quoted, contract.primary_key()))
    values = ", ".join(
        f"{quoted(column_name)}::{duckdb_type(column.dtype)} AS {quoted(column_name)}"
        for column_name, column in contract.columns().items()
    )
    old, new = (", ".join(f"{side}.{quoted(column)}" for column in contract.column_names()) for side in ("old", "new"))
    # Each of these tables is made in one go: DuckDB 2.0.0 can lose what is inserted into one made empty.
    con.execute(f"CREATE OR REPLACE TEMPORARY TABLE fresh_rows AS SELECT {values} FROM ({sql})")
    con.execute(
        "CREATE OR REPLACE TEMPORARY TABLE staying_rows AS"
        f" SELECT {', '.join(f'old.{quoted(column)}' for column in contract.primary_key())}, old._row"
        f" FROM {standing} AS old INNER JOIN fresh_rows AS new USING ({key})"
        f" WHERE ROW({old}) IS NOT DISTINCT FROM ROW({new})"
    )
    con.execute(f"CREATE OR REPLACE TEMPORARY TABLE went AS FROM {standing} ANTI JOIN staying_rows USING (_row)")
    con.execute(f"CREATE OR REPLACE TEMPORARY TABLE came AS FROM fresh_rows ANTI JOIN staying_rows USING ({key})")
    for done in ("fresh_rows", "staying_rows"):
        con.execute(f"DROP TABLE temp.{done}")
    con.execute(f"DELETE FROM {name} WHERE rowid IN (SELECT _row FROM went)")
    con.execute(f"INSERT INTO {name} SELECT {column_list(name)} FROM came {order(name)}")


def merge(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame, *, newer: str) -> None:
    """Add or renew rows by key.

    Args:
        con: A writer's connection.
        name: Full table name; its contract's key decides which rows are the same.
        frame: Rows that keep the contract, at most one a key.
        newer: SQL condition on `new` and `old` under which a row that exists is replaced.
    """
    table = TABLES[name]
    checked = table.validate(frame, cast=True)
    key = table.primary_key()
    con.register("rows_to_merge", checked.to_arrow())
    keys = ", ".join(map(quoted, key))
    if con.execute(f"SELECT count(*) FROM {name} SEMI JOIN rows_to_merge USING ({keys})").fetchall() == [(0,)]:
        # Half the work, and the usual case of a first load.
        con.execute(f"INSERT INTO {name} SELECT {column_list(name)} FROM rows_to_merge")
        con.unregister("rows_to_merge")
        return
    on = " AND ".join(f"old.{quoted(column)} = new.{quoted(column)}" for column in key)
    values = ", ".join(f"{quoted(c)} = new.{quoted(c)}" for c in table.column_names() if c not in key)
    inserted = ", ".join(f"new.{quoted(c)}" for c in table.column_names())
    con.execute(
        f"MERGE INTO {name} AS old USING rows_to_merge AS new ON ({on}) "
        f"WHEN MATCHED AND ({newer}) THEN UPDATE SET {values} "
        f"WHEN NOT MATCHED THEN INSERT ({column_list(name)}) VALUES ({inserted})"
    )
    con.unregister("rows_to_merge")


def violations(con: duckdb.DuckDBPyConnection, name: str) -> int:
    """Rows that share their key with another row: what the constraints of a table without an index cannot see."""
    key = TABLES[name].primary_key()
    if not key or name in KEYED:
        return 0
    columns = ", ".join(map(quoted, key))
    # Keys that are equal have equal digests, and polars tells numbers apart ten times faster than DuckDB does texts.
    # Others may share one: of seven million mention ids 30,191 did as a whole, none in parts. Those keys are counted.
    is_text = len(key) == 1 and isinstance(TABLES[name].columns()[key[0]], dy.String)
    digest = f"hash(left({columns}, 12), substr({columns}, 13))" if is_text else f"hash({columns})"
    digests = con.sql(f"SELECT {digest} AS digest FROM {name}").pl()["digest"]
    if digests.n_unique() == len(digests):
        return 0
    con.register("shared_digests", digests.filter(digests.is_duplicated()).unique().to_frame().to_arrow())
    rows = con.execute(
        f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM {name}"
        f" WHERE {digest} IN (SELECT digest FROM shared_digests) GROUP BY {columns} HAVING count(*) > 1)"
    ).fetchall()
    con.unregister("shared_digests")
    return int(rows[0][0])
