"""Each kind of decision: it holds on the next run and the one after, and withdrawing it undoes it."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.sources.pages import Source
from pipeline.steps import curating
from pipeline.steps.curating import CorrectionError, Signature

from .bench import START, Bench
from .small_world import ORCID_ADA, json_lines, paper

ORCID = "0000-0001-5109-3700"
BYRON, BABBAGE, MARY = ["Byron", "Ada", ""], ["Babbage", "Charles", ""], ["Somerville", "Mary", ""]
PAPERS = [
    paper("2103.30001", [BYRON, BABBAGE], title="Engines that weave", categories="cs.DB"),
    paper("2103.30002", [BYRON, BABBAGE], title="Engines that weave again", categories="cs.DB", day="2"),
    paper("2103.30003", [MARY, ["Greig", "Mary", ""]], title="On the connexion of things", day="3"),
]
ADA_1, ADA_2 = "arxiv:2103.30001#1", "arxiv:2103.30002#1"
CHARLES_1, CHARLES_2 = "arxiv:2103.30001#2", "arxiv:2103.30002#2"
MARY_1, MARY_2 = "arxiv:2103.30003#1", "arxiv:2103.30003#2"

PEOPLE = ["Grace Hopper", "Hedy Lamarr", "Sofia Kovalevskaya", "Maria Agnesi", "Emmy Noether", "Sophie Germain"]
CLAIMED, CLAIMED_BY_EMAIL, CLAIMED_BY_ORCID, REJECTED, RENAMED, HIDDEN = range(6)
PAIRS = [
    paper(
        f"2104.{number:04}{work}",
        [[name.split()[1], name.split()[0], ""], [f"{name.split()[1]}sen", "Otto", ""]],
        title=f"{name.split()[1]} on a subject, part {work}",
    )
    for number, name in enumerate(PEOPLE)
    for work in (1, 2)
]
"""Two works of each of these people with the same other one."""


def mention(person, work=1, place=1):
    return f"arxiv:2104.{person:04}{work}#{place}"


class Curator:
    """Decides, and has the next run made."""

    def __init__(self, bench):
        self.bench, self.minutes = bench, 0

    def decide(self, decision, *words, status="approved"):
        self.minutes += 1
        signed = Signature("curator", START + timedelta(minutes=self.minutes), "seen", status)
        with self.bench.warehouse.write() as con:
            return decision(con, *words, signed).correction_id

    def settle(self, correction_id, status):
        self.minutes += 1
        signed = Signature("reviewer", START + timedelta(minutes=self.minutes))
        with self.bench.warehouse.write() as con:
            curating.settle(con, correction_id, status, signed)

    def run(self):
        return self.bench.build(run_id=f"run {self.minutes}")

    def person(self, mention_id):
        ((author_id,),) = self.bench.rows(
            "SELECT author_id FROM resolved.author_mentions WHERE mention_id = ?", mention_id
        )
        return author_id

    def page(self, mention_id, columns):
        ((*row,),) = self.bench.rows(
            f"SELECT {columns} FROM marts.authors WHERE author_id = ?", self.person(mention_id)
        )
        return row

    def reason(self, mention_id, component):
        ((points, ids),) = self.bench.rows(
            "SELECT points, evidence_ids FROM marts.trust_reasons WHERE author_id = ? AND component = ?",
            self.person(mention_id),
            component,
        )
        return points, ids

    def unmet(self):
        return dict(self.bench.rows("SELECT correction_id, why FROM resolved.unmet_corrections"))

    def standing(self):
        return dict(self.bench.rows("SELECT correction_id, status FROM resolved.corrections"))


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    """The papers after their first run, for copies."""
    bench = Bench(tmp_path_factory.mktemp("first"))
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    bench.build(run_id="first")
    return bench


@pytest.fixture
def curator(first_run, tmp_path):
    return Curator(Bench(Path(shutil.copytree(first_run.folder, tmp_path / "curated"))))


def pair(kind):
    def decision(con, left, right, signed):
        return curating.decide_pair(con, kind, left, right, signed)

    return decision


def same(curator):
    return curator.decide(pair("same"), MARY_1, MARY_2)


def different(curator):
    return curator.decide(pair("different"), ADA_1, ADA_2)


def claim(person, proof):
    def decision(curator):
        return curator.decide(curating.decide_claim, curator.person(mention(person)), None, proof)

    return decision


def rejected_claim(curator):
    claim(REJECTED, None)(curator)
    return curator.decide(curating.decide_rejection, curator.person(mention(REJECTED)))


def name_to_show(curator):
    return curator.decide(curating.decide_display_name, curator.person(mention(RENAMED)), "Emmy, of Erlangen")


def hidden_name(curator):
    curator.decide(curating.decide_display_name, curator.person(mention(HIDDEN)), "S. Lagrange")
    return curator.decide(curating.decide_hidden_name, curator.person(mention(HIDDEN)), "sophie germain")


def people_on_the_byline(curator):
    names = curator.bench.rows(
        "SELECT len(list_distinct([one.author_id FOR one IN authors])) FROM marts.papers WHERE work_id = ?",
        "arxiv:2103.30003",
    )
    return names, "two_on_one_byline" in str(curator.reason(MARY_1, "conflict_discount"))


def is_one_person(curator):
    return curator.person(ADA_1) == curator.person(ADA_2)


def claimed(person):
    def seen(curator):
        points, ids = curator.reason(mention(person), "claim")
        return curator.page(mention(person), "claim_status, orcid"), points, len(ids)

    return seen


def shown_name(curator):
    person, other = mention(RENAMED), mention(RENAMED, place=2)
    ((shown,),) = curator.bench.rows(
        "SELECT display_name FROM marts.collaborators WHERE author_id = ? AND collaborator_id = ?",
        curator.person(other),
        curator.person(person),
    )
    return curator.page(person, "display_name, name_variants"), shown


def printed_name(curator):
    works = [mention(HIDDEN, work=work).partition("#")[0] for work in (1, 2)]
    return curator.bench.rows("SELECT authors[1].name FROM marts.papers WHERE work_id IN (?, ?)", *works)


UNCLAIMED = (["none", None], 0.0, 0)
DECISIONS = {
    "two mentions of one work are one person": (same, people_on_the_byline, ([(2,)], False), ([(1,)], False)),
    "two people of one name": (different, is_one_person, True, False),
    "a claim": (claim(CLAIMED, None), claimed(CLAIMED), UNCLAIMED, (["approved", None], 10.0, 1)),
    "a claim with an address": (
        claim(CLAIMED_BY_EMAIL, "institutional_email"),
        claimed(CLAIMED_BY_EMAIL),
        UNCLAIMED,
        (["approved_email", None], 15.0, 1),
    ),
    "a claim with an iD": (
        claim(CLAIMED_BY_ORCID, ORCID),
        claimed(CLAIMED_BY_ORCID),
        UNCLAIMED,
        (["orcid_authenticated", ORCID], 20.0, 1),
    ),
    "a claim that is rejected": (
        rejected_claim,
        lambda curator: curator.page(mention(REJECTED), "claim_status"),
        ["approved"],
        ["rejected"],
    ),
    "a name to show": (
        name_to_show,
        shown_name,
        (["Emmy Noether", []], "Emmy Noether"),
        (["Emmy, of Erlangen", ["Emmy Noether"]], "Emmy, of Erlangen"),
    ),
    "a hidden name": (hidden_name, printed_name, [("Sophie Germain",)] * 2, [("S. Lagrange",)] * 2),
}
"""What is decided, what is looked at, and how it looks without and with the decision."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What is seen of each decision after the next run, the one after that, and the one after withdrawing it.

    Each is about people of its own, so one world serves for all.
    """
    curator = Curator(Bench(tmp_path_factory.mktemp("decisions")))
    curator.bench.land(Source.ARXIV_SNAPSHOT, json_lines([*PAPERS, *PAIRS]))
    curator.run()
    noted = [decide(curator) for decide, *_ in DECISIONS.values()]
    found = {name: [] for name in DECISIONS}
    for _ in range(3):
        curator.minutes += 1
        curator.run()
        for name, (_, look, *_) in DECISIONS.items():
            found[name].append(look(curator))
        if len(found[name]) == 2:
            assert curator.unmet() == {}
            for correction_id in noted:
                curator.settle(correction_id, "withdrawn")
    return found


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_holds_on_every_run_until_it_is_withdrawn(seen, name):
    _, _, before, after = DECISIONS[name]
    assert seen[name] == [after, after, before]


def test_a_claim_that_was_rejected_is_made_again(curator):
    author_id = curator.person(ADA_1)
    first = curator.decide(curating.decide_claim, author_id, None, None)
    rejection = curator.decide(curating.decide_rejection, author_id)
    curator.settle(rejection, "withdrawn")
    assert curator.decide(curating.decide_rejection, author_id) == rejection
    assert curator.decide(curating.decide_claim, author_id, None, None) == first
    curator.run()
    assert curator.page(ADA_1, "claim_status") == ["approved"]
    assert curator.standing() == {first: "approved", rejection: "approved"}


def test_a_pending_claim_waits_and_takes_nothing_from_an_approved_one(curator):
    author_id = curator.person(ADA_1)
    waiting = curator.decide(curating.decide_claim, author_id, None, ORCID, status="pending")
    curator.run()
    assert curator.page(ADA_1, "claim_status, trust_score, orcid")[::2] == ["pending", None]
    curator.decide(curating.decide_claim, author_id, None, "institutional_email")
    curator.run()
    assert curator.page(ADA_1, "claim_status") == ["approved_email"]
    curator.settle(waiting, "approved")
    curator.run()
    assert curator.page(ADA_1, "claim_status, orcid") == ["orcid_authenticated", ORCID]


def test_a_decision_about_an_author_stays_with_the_person_when_the_author_splits(curator):
    both = curator.person(ADA_1)
    curator.decide(curating.decide_claim, both, ADA_2, "institutional_email")
    curator.decide(pair("different"), ADA_1, ADA_2)
    curator.run()
    assert curator.person(ADA_1) == both != curator.person(ADA_2)
    assert curator.page(ADA_1, "claim_status") == ["none"]
    assert curator.page(ADA_2, "claim_status") == ["approved_email"]


def test_a_decision_about_an_author_goes_where_the_author_is_merged(curator):
    gone = max(curator.person(ADA_1), curator.person(CHARLES_1))
    curator.decide(curating.decide_display_name, gone, "The One")
    curator.decide(pair("same"), ADA_1, CHARLES_1)
    curator.decide(pair("same"), ADA_2, CHARLES_2)
    curator.decide(pair("same"), ADA_1, ADA_2)
    curator.run()
    assert curator.page(ADA_1, "display_name") == ["The One"]
    ((old, new),) = curator.bench.rows("SELECT old_author_id, author_id FROM resolved.author_redirects")
    with curator.bench.warehouse.write() as con:
        noted = curating.decide_claim(con, old, None, None, Signature("curator", START))
    assert noted.remarks == (f"{old} was merged into {new}, so the decision is about {new}.",)
    curator.run()
    assert curator.page(ADA_1, "claim_status") == ["approved"]


def test_different_wins_and_what_it_forbids_is_reported(curator):
    apart = curator.decide(pair("different"), ADA_1, ADA_2)
    curator.run()
    before = curator.page(ADA_1, "trust_score, author_id")
    forbidden = curator.decide(pair("same"), ADA_2, ADA_1)
    assert curator.run()["unmet_corrections"] == 1
    assert curator.person(ADA_1) != curator.person(ADA_2)
    assert curator.unmet() == {forbidden: "A decision that they are different people forbids it."}
    for mention_id in (ADA_1, ADA_2):
        points, ids = curator.reason(mention_id, "conflict_discount")
        assert (points < 0, ids) == (True, [f"unmet_correction:{forbidden}"])
    assert curator.page(ADA_1, "trust_score, author_id") < before
    curator.settle(apart, "withdrawn")
    curator.run()
    assert curator.unmet() == {}
    assert curator.person(ADA_1) == curator.person(ADA_2)


def test_a_chain_of_same_that_different_breaks_is_reported_too(curator):
    curator.decide(pair("different"), ADA_1, CHARLES_1)
    one = curator.decide(pair("same"), ADA_1, MARY_1)
    other = curator.decide(pair("same"), CHARLES_1, MARY_1)
    curator.run()
    assert len(curator.unmet()) == 1
    assert set(curator.unmet()) < {one, other}
    assert curator.person(ADA_1) != curator.person(CHARLES_1)


def test_decisions_about_what_is_gone_are_reported(curator):
    written = [
        ("a", "same", ADA_1, "arxiv:1901.00001#1", None, None),
        ("b", "different", ADA_1, "arxiv:1901.00001#1", None, None),
        ("c", "claim", "arxiv:1901.00001#1", None, "AGONE", None),
        ("d", "display_name", None, None, "AGONE", "Nobody"),
        ("e", "hide_name", ADA_1, None, None, None),
        ("f", "claim", "arxiv:1901.00001#1", None, curator.person(ADA_1), None),
    ]
    with curator.bench.warehouse.write() as con:
        con.executemany(
            "INSERT INTO resolved.corrections (correction_id, kind, mention_id_l, mention_id_r, author_id, value,"
            " status, \"by\", \"at\") VALUES (?, ?, ?, ?, ?, ?, 'approved', 'curator', '2026-01-01 00:00:00Z')",
            written,
        )
    curator.run()
    nobody = "Nobody has the mention or the author id any more."
    assert curator.unmet() == {
        "a": "There is no mention arxiv:1901.00001#1.",
        "c": nobody,
        "d": nobody,
        "e": "It says no name.",
    }
    assert curator.page(ADA_1, "claim_status") == ["approved"]


def test_the_same_decision_twice_is_one_row_that_comes_back(curator):
    author_id = curator.person(ADA_1)
    made = {
        "same": lambda: curator.decide(pair("same"), MARY_1, MARY_2),
        "same, turned round": lambda: curator.decide(pair("same"), MARY_2, MARY_1),
        "claim": lambda: curator.decide(curating.decide_claim, author_id, None, ORCID_ADA),
        "display": lambda: curator.decide(curating.decide_display_name, author_id, "Ada L."),
        "hide": lambda: curator.decide(curating.decide_hidden_name, author_id, "Ada Byron"),
        "hide, in another order": lambda: curator.decide(curating.decide_hidden_name, author_id, "ADA  BYRON"),
    }
    first = {name: decide() for name, decide in made.items()}
    for correction_id in set(first.values()):
        curator.settle(correction_id, "withdrawn")
    assert {name: decide() for name, decide in made.items()} == first
    assert len(set(first.values())) == 4
    assert curator.standing() == dict.fromkeys(first.values(), "approved")


def test_the_id_of_a_hidden_name_cannot_be_made_from_a_guess(curator):
    author_id = curator.person(MARY_1)
    one = curator.decide(curating.decide_hidden_name, author_id, "Mary Somerville")
    with curator.bench.warehouse.write() as con:
        con.execute("DELETE FROM resolved.corrections")
        con.execute(
            "UPDATE staging.mentions SET raw_name = 'Mary Other', family = 'Other' WHERE mention_id = ?", [MARY_1]
        )
    assert curator.decide(curating.decide_hidden_name, author_id, "Mary Other") == one


@pytest.mark.parametrize(
    ("decision", "words", "says"),
    [
        (pair("same"), (ADA_1, ADA_1), "is one mention"),
        (pair("same"), (ADA_1, "arxiv:1901.00001#1"), "no mention 'arxiv:1901.00001#1'"),
        (curating.decide_claim, ("ANOBODY", None, None), "no author 'ANOBODY'"),
        (curating.decide_claim, (ADA_1, CHARLES_1, None), f"The mention {CHARLES_1} is of the author"),
        (curating.decide_claim, (ADA_1, None, "0000-0001-5109-3701"), "proves no claim"),
        (curating.decide_display_name, (ADA_1, " - "), "has no letter"),
        (curating.decide_hidden_name, (ADA_1, "Charles Babbage"), "bears no name"),
        (curating.decide_hidden_name, (ADA_1, "..."), "bears no name"),
    ],
)
def test_what_cannot_be_taken_down(curator, decision, words, says):
    about_author = decision in (curating.decide_claim, curating.decide_display_name, curating.decide_hidden_name)
    named = (curator.person(words[0]), *words[1:]) if about_author and "#" in words[0] else words
    with pytest.raises(CorrectionError, match=says):
        curator.decide(decision, *named)
    assert curator.standing() == {}


def test_a_name_cannot_be_hidden_and_shown(curator):
    curator.decide(curating.decide_hidden_name, curator.person(ADA_1), "Ada Byron")
    with pytest.raises(CorrectionError, match="is hidden for"):
        curator.decide(curating.decide_display_name, curator.person(ADA_1), "Byron, Ada")


def test_who_hides_a_name_is_told_the_one_that_a_decision_shows(curator):
    author_id = curator.person(ADA_1)
    curator.decide(curating.decide_display_name, author_id, "Ada Lovelace")
    with curator.bench.warehouse.write() as con:
        noted = curating.decide_hidden_name(con, author_id, "ada byron", Signature("curator", START))
    assert noted.remarks == (f"What {author_id} still shows: Ada Lovelace.",)
