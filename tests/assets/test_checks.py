"""What the checks count, where tables say what they should not."""

import duckdb
import pytest

from pipeline.assets.checks import PROPERTIES
from warehouse.tables import create_tables

TWICE = [("arxiv:1#1", "A1"), ("arxiv:1#2", "A1"), ("arxiv:2#1", "A2"), ("arxiv:2#2", "A3")]


@pytest.fixture
def con():
    with duckdb.connect() as con:
        create_tables(con)
        yield con


def number(con, name):
    (check,) = [each for each in PROPERTIES if each.name == name]
    return con.execute(check.sql).fetchall()[0][0]


@pytest.mark.parametrize(
    ("joined", "status", "authors"),
    [
        (None, None, 1),
        (("arxiv:1#1", "arxiv:1#2"), "approved", 0),
        (("arxiv:1#1", "arxiv:9#1"), "approved", 0),
        (("arxiv:1#1", "arxiv:1#2"), "withdrawn", 1),
        (("arxiv:2#1", "arxiv:3#1"), "approved", 1),
    ],
    ids=["no decision", "on the byline", "through another work", "withdrawn", "about somebody else"],
)
def test_an_author_twice_on_a_byline_is_counted_unless_joined_by_a_person(con, joined, status, authors):
    for mention_id, author_id in TWICE:
        work_id, _, position = mention_id.partition("#")
        con.execute(
            "INSERT INTO staging.mentions BY NAME SELECT ? AS mention_id, ? AS work_id, ?::INTEGER AS position,"
            " 'Ann Lee' AS raw_name, 'person' AS kind, 'arxiv' AS byline_source, false AS is_on_openalex",
            [mention_id, work_id, position],
        )
        con.execute("INSERT INTO resolved.author_mentions VALUES (?, ?, 1)", [mention_id, author_id])
    if joined:
        con.execute(
            "INSERT INTO resolved.corrections BY NAME SELECT 'c' AS correction_id, 'same' AS kind, ? AS mention_id_l,"
            ' ? AS mention_id_r, ? AS status, \'me\' AS "by", now() AS "at"',
            [*joined, status],
        )
    assert number(con, "same_work_apart") == authors
