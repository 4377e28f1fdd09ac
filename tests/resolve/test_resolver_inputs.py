"""What is refused at the door, and in which words."""

import pyarrow as pa
import pytest

from pipeline.resolve import ResolverInputError, resolve
from pipeline.resolve.inputs import checked_input

MENTIONS = pa.table(
    {"mention_id": ["a#1", "b#1"], "work_id": ["a", "b"], "position": [1, 1], "name": ["A Quist", "B Quist"]}
)
WORKS = pa.table({"work_id": ["a", "b"], "title": ["x", "y"]})


def replaced(table, column, values):
    return table.set_column(table.column_names.index(column), column, pa.array(values))


@pytest.mark.parametrize(
    ("mentions", "works", "message"),
    [
        (MENTIONS.drop_columns("name"), WORKS, "mentions has no column 'name'"),
        (MENTIONS, WORKS.drop_columns("title"), "works has no column 'title'"),
        (
            replaced(MENTIONS, "mention_id", ["a#1", "a#1"]),
            WORKS,
            "mention_id 'a#1' is in mentions more than once",
        ),
        (MENTIONS, pa.concat_tables([WORKS, WORKS]), "work_id 'a' is in works more than once"),
        (MENTIONS, WORKS.slice(0, 1), "mention 'b#1' is on work 'b', which is not in works"),
        (
            replaced(MENTIONS, "name", ["A Quist", None]),
            WORKS,
            "column 'name' of mentions is null at mention_id 'b#1'",
        ),
        (replaced(MENTIONS, "mention_id", ["a#1", None]), WORKS, "column 'mention_id' of mentions is null"),
        (replaced(MENTIONS, "position", ["1", "2"]), WORKS, "column 'position' of mentions is String"),
        (replaced(MENTIONS, "name", [1, 2]), WORKS, "column 'name' of mentions is Int64"),
        (
            MENTIONS,
            WORKS.append_column("authors", pa.array(["x", "y"])),
            "column 'authors' of works is String",
        ),
    ],
    ids=[
        "column",
        "work-column",
        "twice",
        "work-twice",
        "no-work",
        "null-name",
        "null-id",
        "position",
        "type",
        "list",
    ],
)
def test_bad_input_is_refused_in_one_sentence(mentions, works, message):
    with pytest.raises(ResolverInputError) as refusal:
        resolve(mentions, works)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_missing_optional_columns_are_missing_evidence():
    assert resolve(MENTIONS, WORKS).clusters.num_rows == 2


def test_unused_works_and_extra_columns_are_let_pass():
    works = pa.concat_tables([WORKS, pa.table({"work_id": ["z"], "title": ["z"]})])
    source = checked_input(MENTIONS.append_column("colour", pa.array(["red", "blue"])), works)
    assert source.works["work_id"].to_list() == ["a", "b"]


def test_null_types_large_strings_and_dictionaries_are_read():
    mentions = MENTIONS.append_column("email", pa.nulls(2)).append_column(
        "orcid", pa.array(["x", None], pa.large_string())
    )
    mentions = replaced(mentions, "position", pa.nulls(2)).set_column(
        3, "name", pa.array(["A Quist", "B Quist"]).dictionary_encode()
    )
    source = checked_input(mentions, WORKS)
    assert source.mentions["name"].to_list() == ["A Quist", "B Quist"]
    assert source.mentions["email"].null_count() == 2


def test_correction_about_itself_and_unknown_mentions():
    corrections = pa.table(
        {
            "kind": ["same", "different", "claim"],
            "mention_id_l": ["a#1", "gone", None],
            "mention_id_r": ["a#1", "b#1", None],
        }
    )
    source = checked_input(MENTIONS, WORKS, corrections)
    assert (source.same, source.different) == ([(0, 0)], [])


def test_correction_that_says_a_mention_differs_from_itself_is_ignored():
    corrections = pa.table({"kind": ["different"], "mention_id_l": ["a#1"], "mention_id_r": ["a#1"]})
    assert checked_input(MENTIONS, WORKS, corrections).different == []
