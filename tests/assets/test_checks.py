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
    return check.value(con)


def mention(con, mention_id, *, work_id=None):
    work, _, position = mention_id.partition("#")
    con.execute(
        "INSERT INTO staging.mentions BY NAME SELECT ? AS mention_id, ? AS work_id, ?::INTEGER AS position,"
        " 'Ann Lee' AS raw_name, 'person' AS kind, 'arxiv' AS byline_source, false AS is_on_openalex",
        [mention_id, work_id or work, position],
    )


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
        mention(con, mention_id)
        con.execute("INSERT INTO resolved.author_mentions VALUES (?, ?, 1)", [mention_id, author_id])
    if joined:
        con.execute(
            "INSERT INTO resolved.corrections BY NAME SELECT 'c' AS correction_id, 'same' AS kind, ? AS mention_id_l,"
            ' ? AS mention_id_r, ? AS status, \'me\' AS "by", now() AS "at"',
            [*joined, status],
        )
    assert number(con, "same_work_apart") == authors


@pytest.mark.parametrize(
    ("mentions", "authored", "wrong"),
    [
        ([], [], 0),
        (["arxiv:1#1", "arxiv:2#1"], ["arxiv:2#1", "arxiv:1#1"], 0),
        (["arxiv:1#1", "arxiv:2#1"], ["arxiv:1#1"], 1),
        (["arxiv:1#1"], ["arxiv:1#1", "arxiv:2#1"], 1),
        # As many on both sides, and what DuckDB makes one digest of.
        (["arxiv:1703.09626#1"], ["arxiv:1903.09628#1"], 2),
    ],
    ids=["none", "all", "one without an author", "one that is gone", "another"],
)
def test_mentions_without_an_author_and_authors_without_a_mention_are_counted(con, mentions, authored, wrong):
    for mention_id in mentions:
        mention(con, mention_id)
    for mention_id in authored:
        con.execute("INSERT INTO resolved.author_mentions VALUES (?, 'A1', 1)", [mention_id])
    assert number(con, "every_mention_has_one_author") == wrong


def test_ids_that_say_another_work_are_counted(con):
    mention(con, "arxiv:1#1")
    mention(con, "arxiv:2#1", work_id="arxiv:3")
    assert number(con, "ids_say_work_and_place") == 1
