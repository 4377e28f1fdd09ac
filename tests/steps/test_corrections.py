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

    def holds_until_withdrawn(self, correction_id, seen, *, before, after):
        """Checks what is seen after the next run, the one after that, and the one after withdrawing."""
        found = []
        for _ in range(2):
            self.run()
            found.append(seen())
        assert self.unmet() == {}
        self.settle(correction_id, "withdrawn")
        self.run()
        assert [*found, seen()] == [after, after, before]


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


def test_two_mentions_of_one_work_are_one_person_when_a_curator_says_so(curator):
    noted = curator.decide(pair("same"), MARY_1, MARY_2)

    def seen():
        names = curator.bench.rows("SELECT len(list_distinct([one.author_id FOR one IN authors])) FROM marts.papers"
                                   " WHERE work_id = 'arxiv:2103.30003'")  # fmt: skip
        return names, "two_on_one_byline" in str(curator.reason(MARY_1, "conflict_discount"))

    curator.holds_until_withdrawn(noted, seen, before=([(2,)], False), after=([(1,)], False))


def test_two_people_of_one_name(curator):
    assert curator.person(ADA_1) == curator.person(ADA_2)
    noted = curator.decide(pair("different"), ADA_1, ADA_2)
    curator.holds_until_withdrawn(
        noted, lambda: curator.person(ADA_1) == curator.person(ADA_2), before=True, after=False
    )


@pytest.mark.parametrize(
    ("proof", "status", "points"),
    [(None, "approved", 10.0), ("institutional_email", "approved_email", 15.0), (ORCID, "orcid_authenticated", 20.0)],
)
def test_a_claim(curator, proof, status, points):
    noted = curator.decide(curating.decide_claim, curator.person(ADA_1), None, proof)
    orcid = ORCID if proof == ORCID else None
    curator.holds_until_withdrawn(
        noted,
        lambda: (curator.page(ADA_1, "claim_status, orcid"), curator.reason(ADA_1, "claim")[0]),
        before=(["none", None], 0.0),
        after=([status, orcid], points),
    )
    assert curator.reason(ADA_1, "claim")[1] == []


def test_a_claim_is_rejected_and_made_again(curator):
    author_id = curator.person(ADA_1)
    claim = curator.decide(curating.decide_claim, author_id, None, None)
    rejection = curator.decide(curating.decide_rejection, author_id)
    curator.holds_until_withdrawn(
        rejection, lambda: curator.page(ADA_1, "claim_status"), before=["approved"], after=["rejected"]
    )
    curator.decide(curating.decide_rejection, author_id)
    assert curator.decide(curating.decide_claim, author_id, None, None) == claim
    curator.run()
    assert curator.page(ADA_1, "claim_status") == ["approved"]
    assert curator.standing() == {claim: "approved", rejection: "approved"}


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


def test_a_name_to_show(curator):
    noted = curator.decide(curating.decide_display_name, curator.person(ADA_1), "Ada, Countess of Lovelace")

    def seen():
        ((shown,),) = curator.bench.rows(
            "SELECT display_name FROM marts.collaborators WHERE author_id = ? AND collaborator_id = ?",
            curator.person(CHARLES_1),
            curator.person(ADA_1),
        )
        return curator.page(ADA_1, "display_name, name_variants"), shown

    curator.holds_until_withdrawn(
        noted,
        seen,
        before=(["Ada Byron", []], "Ada Byron"),
        after=(["Ada, Countess of Lovelace", ["Ada Byron"]], "Ada, Countess of Lovelace"),
    )


def test_a_hidden_name(curator):
    curator.decide(curating.decide_display_name, curator.person(ADA_1), "A. Lovelace")
    noted = curator.decide(curating.decide_hidden_name, curator.person(ADA_1), "ada byron")

    def seen():
        return curator.bench.rows("SELECT authors[1].name FROM marts.papers WHERE work_id < 'arxiv:2103.30003'")

    curator.holds_until_withdrawn(noted, seen, before=[("Ada Byron",)] * 2, after=[("A. Lovelace",)] * 2)


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
