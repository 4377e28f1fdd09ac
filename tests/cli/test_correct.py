"""What a curator types: decisions taken down, held on the next run, listed, withdrawn; mistakes in one sentence."""

import re

import pytest

from pipeline.names import fold
from pipeline.sources.pages import Source
from tests.steps.bench import Bench
from tests.steps.small_world import json_lines, paper

from .conftest import Shell, refused

OLD_NAME, NEW_NAME = "Philippa Quarrington", "Phil Quarrington"
PAPERS = [
    paper("2103.40001", [["Quarrington", "Philippa", ""], ["Okonkwo", "Adaeze", ""]], title="Gears that never slip"),
    paper("2103.40002", [["Quarrington", "Phil", ""], ["Okonkwo", "Adaeze", ""]], title="Gears that slip", day="2"),
]
FIRST, SECOND = "arxiv:2103.40001#1", "arxiv:2103.40002#1"
ACTS = "It acts from the next run on: `pipeline publish` is one."
FRIEND_1, FRIEND_2 = "arxiv:2103.40001#2", "arxiv:2103.40002#2"


pytestmark = pytest.mark.slow


class Desk:
    """A curator's shell over a loaded warehouse."""

    def __init__(self, folder, environment):
        self.shell = Shell(folder, environment)
        self.bench = Bench(folder)
        self.bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
        self.publish_quickly()

    def __call__(self, *words):
        return self.shell("correct", *words)

    def decide(self, *words):
        """The id of a decision that is taken down."""
        answer = self(*words, "--by", "a.curator@example.org")
        assert (answer.code, answer.err) == (0, "")
        id_, when = re.match(r"(\S+) is taken down\. (.+)", answer.out).groups()
        acts = f"It waits for `pipeline correct approve {id_}`." if "--pending" in words else ACTS
        assert when == acts
        return id_

    def person(self, mention_id):
        """The author of a mention, as published."""
        with self.shell_warehouse() as con:
            ((author_id,),) = con.execute(
                "SELECT author_id FROM resolved.author_mentions WHERE mention_id = ?", [mention_id]
            ).fetchall()
        return author_id

    def shell_warehouse(self):
        from pipeline.settings import Settings  # noqa: PLC0415 - read where the shell has set the environment

        return Settings().warehouse.read()

    def publish_quickly(self):
        """What `pipeline publish` does, without Dagster's records of it."""
        self.bench.build()
        self.bench.warehouse.publish()

    def publish(self):
        answer = self.shell("publish")
        assert answer.code == 0
        return answer


@pytest.fixture(scope="module")
def desk(tmp_path_factory, module_patch):
    return Desk(tmp_path_factory.mktemp("desk"), module_patch)


def test_decisions_from_the_desk_to_the_page_and_back(desk):
    together = desk.person(FIRST) == desk.person(SECOND)
    kind = "different" if together else "same"
    noted = desk.decide(kind, FIRST, SECOND, "--why", "Two CVs [on file].")
    assert noted.startswith(f"{kind}-")
    author_id = desk.person(FRIEND_1)
    claim = desk.decide("claim", author_id, "--value", "institutional_email", "--pending")
    assert claim in desk("list", "--status", "pending").out
    assert refused(desk("approve", "claim-none")).startswith("There is no decision 'claim-none'")
    assert desk("approve", claim).out == f"{claim} is approved. {ACTS}\n"
    assert refused(desk("reject", claim)) == f"{claim} is approved: only a pending decision can be rejected."
    assert desk.publish().err == ""
    assert (desk.person(FIRST) == desk.person(SECOND)) is not together
    assert "claim approved_email" in desk.shell("author", author_id).out
    line = next(line for line in desk("list").out.splitlines() if noted in line)
    assert "approved" in line
    assert "Two CVs [on file]." in line
    assert "a.curator@example.org" in line
    for one in (noted, claim):
        assert desk("withdraw", one).code == 0
        assert refused(desk("withdraw", one)) == f"{one} is withdrawn already: there is nothing to withdraw."
    apart = desk.decide("different", FRIEND_1, FRIEND_2)
    answer = desk("same", FRIEND_2, FRIEND_1)
    assert f"{apart} says the opposite, and `different` wins" in answer.out
    joined = answer.out.split()[0]
    assert "every_correction_holds" in desk.publish().err
    assert (desk.person(FIRST) == desk.person(SECOND)) is together
    assert "unclaimed" in desk.shell("author", author_id).out
    assert noted not in desk("list", "--status", "approved").out
    assert noted in desk("list", "--status", "withdrawn").out
    line = next(line for line in desk("list").out.splitlines() if joined in line)
    assert "does not hold: A decision that they are different people forbids it." in line
    for one in (apart, joined):
        assert desk("withdraw", one).out == f"{one} is withdrawn. {ACTS}\n"
    turned_down = desk.decide("claim", author_id, "--pending")
    assert desk("reject", turned_down).out == f"{turned_down} is rejected.\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("same", FIRST, FIRST), f"{FIRST} is one mention: name two."),
        (("different", FIRST, "arxiv:1#1"), "There is no mention 'arxiv:1#1'"),
        (("claim", "ANOBODY"), "There is no author 'ANOBODY'"),
        (("hide-name", "ANOBODY", "Somebody"), "There is no author 'ANOBODY'"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_sentence(desk, words, says):
    assert refused(desk(*words)).startswith(says)


def test_a_hidden_name_is_in_no_answer_and_no_record_of_a_run(desk):
    joined = desk.decide("same", FIRST, SECOND, "--why", f"{OLD_NAME} changed her name")
    desk.publish_quickly()
    author_id = desk.person(FIRST)
    assert OLD_NAME in desk.shell("author", author_id).out
    before = printing_it(desk.shell.data)
    noted = desk("hide-name", author_id, OLD_NAME.lower(), "--why", "asked by letter")
    assert f"What {author_id} still shows: {NEW_NAME}." in noted.out
    answers = [
        noted,
        desk.publish(),
        desk("list"),
        desk.shell("author", author_id),
        desk.shell("author", NEW_NAME),
        desk.shell("why", FIRST, SECOND),
    ]
    assert [answer.code for answer in answers] == [0] * len(answers)
    assert [answer for answer in answers if "philippa" in fold(answer.out + answer.err)] == []
    assert "(hidden)" in answers[2].out
    assert "(hidden) changed her name" in answers[2].out
    assert refused(desk.shell("author", OLD_NAME)).startswith("Nobody is called")
    # Runs before the decision may have told of the name; nothing since does, and what readers open does not.
    assert desk.shell.data / "warehouse.duckdb" in before
    assert printing_it(desk.shell.data) <= before - {desk.shell.data / "warehouse.duckdb"}
    assert refused(desk("display-name", author_id, OLD_NAME)).endswith("withdraw that decision first.")
    for one in (joined, noted.out.split()[0]):
        assert desk("withdraw", one).code == 0


def printing_it(data):
    """Files that print the old name, but for the pages as received and the writer's own file."""
    return {
        path
        for path in data.glob("**/*")
        if path.is_file()
        and "raw" not in path.parts
        and not path.name.startswith("working.duckdb")
        and b"hilippa" in path.read_bytes()
    }
