"""Each contract refuses a bad row twice: as a frame, and as SQL into the table made from it."""

from datetime import UTC, date, datetime

import dataframely as dy
import duckdb
import polars as pl
import pytest

from pipeline.schemas import TABLES, VIEWS
from warehouse.tables import KEYED, append, column_list, create_tables, duckdb_type, violations

BY_NAME = {
    "work_id": "arxiv:2002.03532",
    "cited_work_id": "openalex:W2101234009",
    "mention_id": "arxiv:2002.03532#5",
    "openalex_id": "W2101234009",
    "openalex_author_id": "A5023888391",
    "institution_id": "I1291425158",
    "orcid": "0000-0002-1825-0097",
    "sha256": "0123456789abcdef" * 4,
    "language": "fr",
    "verification_level": "L1",
    "received": 3,
    "accepted": 2,
    "rejected": 1,
}
"""Values of columns whose text has a form, and of those a rule ties together."""

STORED = {name: contract for name, contract in TABLES.items() if name not in VIEWS}
"""Tables that hold rows of their own."""

MOMENT = datetime(2021, 2, 28, 1, 2, 3, tzinfo=UTC)


def good(name, column):
    """A value that a column takes."""
    if name in BY_NAME:
        return BY_NAME[name]
    if isinstance(column, dy.Enum):
        return column.categories[0]
    if isinstance(column, dy.List):
        return []
    plain = {
        dy.String: "as printed",
        dy.Bool: True,
        dy.Date: date(2021, 2, 28),
        dy.Datetime: MOMENT,
        dy.Float64: 0.5,
    }
    return next((value for kind, value in plain.items() if isinstance(column, kind)), 2)


def bad(column):
    """Values that a column refuses, by the rule they break."""
    if not column.nullable:
        yield "null", None
    if isinstance(column, dy.String) and column.regex:
        yield "form", "; DROP TABLE staging.works"
    if isinstance(column, dy.String) and column.min_length:
        yield "length", ""
    if isinstance(column, dy.Enum):
        yield "choice", "no such choice"
    if isinstance(column, dy.Int32 | dy.Int64 | dy.Float64) and column.min is not None:
        yield "minimum", column.min - 1
    if isinstance(column, dy.Int32 | dy.Int64 | dy.Float64) and column.max is not None:
        yield "maximum", column.max + 1
    if isinstance(column, dy.Float64):
        yield "nan", float("nan")
        yield "infinite", float("inf")


def row(table):
    return {name: good(name, column) for name, column in TABLES[table].columns().items()}


def loose(table, values):
    """A frame of the contract's types that keeps none of its rules."""
    types = {
        name: pl.String if isinstance(column, dy.Enum) else column.dtype
        for name, column in TABLES[table].columns().items()
    }
    return pl.DataFrame([values], schema=types)


def insert(con, table, frame):
    con.register("rows", frame.to_arrow())
    con.execute(f"INSERT INTO {table} SELECT {column_list(table)} FROM rows")


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        create_tables(con)
        yield con


@pytest.fixture
def rolled_back(con):
    con.execute("BEGIN")
    yield con
    con.execute("ROLLBACK")


@pytest.mark.parametrize("table", STORED)
def test_a_good_row_is_taken_and_comes_back_as_it_was(rolled_back, table):
    assert append(rolled_back, table, loose(table, row(table))) == 1
    stored = rolled_back.sql(f"SELECT * FROM {table}").pl()
    assert stored.columns == list(TABLES[table].column_names())
    assert stored.row(0, named=True) == row(table)


@pytest.mark.parametrize(
    ("table", "column", "rule", "value"),
    [
        pytest.param(table, name, rule, value, id=f"{table}.{name}-{rule}")
        for table, contract in STORED.items()
        for name, column in contract.columns().items()
        for rule, value in bad(column)
    ],
)
def test_a_bad_value_is_refused_by_frame_and_by_table(rolled_back, table, column, rule, value):
    frame = loose(table, {**row(table), column: value})
    with pytest.raises(dy.exc.ValidationError):
        append(rolled_back, table, frame)
    with pytest.raises(duckdb.ConstraintException):
        insert(rolled_back, table, frame)


@pytest.mark.parametrize("table", [name for name, contract in TABLES.items() if contract.primary_key()])
def test_a_frame_with_one_key_twice_is_refused(rolled_back, table):
    with pytest.raises(dy.exc.ValidationError):
        append(rolled_back, table, pl.concat([loose(table, row(table))] * 2))


@pytest.mark.parametrize("table", sorted(KEYED))
def test_a_table_with_an_index_refuses_one_key_twice(rolled_back, table):
    with pytest.raises(duckdb.ConstraintException, match="key"):
        insert(rolled_back, table, pl.concat([loose(table, row(table))] * 2))


@pytest.mark.parametrize(
    "table", [name for name, contract in TABLES.items() if contract.primary_key() and name not in KEYED]
)
def test_a_table_without_an_index_shows_one_key_twice(rolled_back, table):
    insert(rolled_back, table, pl.concat([loose(table, row(table))] * 2))
    assert violations(rolled_back, table) == 2


def test_what_was_received_is_accepted_or_rejected():
    lost = loose("staging.page_loads", {**row("staging.page_loads"), "accepted": 1})
    with pytest.raises(dy.exc.ValidationError, match="nothing_lost"):
        TABLES["staging.page_loads"].validate(lost)


def test_a_column_too_many_or_too_few_is_refused(rolled_back):
    frame = loose("staging.mentions", row("staging.mentions"))
    with pytest.raises(dy.exc.SchemaError, match="kind"):
        append(rolled_back, "staging.mentions", frame.drop("kind"))


@pytest.mark.parametrize(
    ("dtype", "written"),
    [
        (pl.List(pl.String), "VARCHAR[]"),
        (
            pl.List(pl.Struct({"position": pl.Int32, "by": pl.String})),
            'STRUCT("position" INTEGER, "by" VARCHAR)[]',
        ),
        (pl.Datetime("us", "UTC"), "TIMESTAMP WITH TIME ZONE"),
        (pl.Enum(["a"]), "VARCHAR"),
    ],
)
def test_types_in_sql(dtype, written):
    assert duckdb_type(dtype) == written
