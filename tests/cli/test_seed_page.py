"""The pages of one person and one paper, from one snapshot line; then of the same person in the bundled sample."""

import duckdb
import pytest

from pipeline.cli.sources import SAMPLE
from pipeline.sources.pages import Source
from tests.steps.bench import Bench
from tests.steps.small_world import json_lines

from .conftest import Shell, refused

BYLINE = ["Jiaxi Tang", "Rakesh Shivanna", "Zhe Zhao", "Dong Lin", "Anima Singh", "Ed H. Chi", "Sagar Jain"]
LINE = {
    "id": "2002.03532",
    "submitter": None,
    "authors": ", ".join(BYLINE),
    "title": "Understanding and Improving Knowledge Distillation",
    "comments": None,
    "journal-ref": None,
    "doi": None,
    "report-no": None,
    "categories": "cs.LG cs.AI stat.ML",
    "license": None,
    "abstract": "",
    "versions": [
        {"version": "v1", "created": "Mon, 10 Feb 2020 00:00:00 GMT"},
        {"version": "v2", "created": "Sun, 28 Feb 2021 00:00:00 GMT"},
    ],
    "update_date": "2021-03-02",
    "authors_parsed": [[name.split()[-1], " ".join(name.split()[:-1]), ""] for name in BYLINE],
}


class Pages:
    """A published file, and what the command said that made it, if one did."""

    def __init__(self, shell, said=None):
        self.shell, self.said = shell, said

    def row(self, sql, *values):
        (row,) = self.rows(sql, *values)
        return row

    def rows(self, sql, *values):
        with duckdb.connect(str(self.shell.data / "warehouse.duckdb"), read_only=True) as con:
            found = con.execute(sql, values)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def author(self, name):
        return self.row("FROM marts.authors WHERE display_name = ? OR list_contains(name_variants, ?)", name, name)


@pytest.fixture(scope="module")
def seed_folder(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("seed"))
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([LINE]))
    bench.build()
    bench.warehouse.publish()
    return bench.folder


@pytest.fixture
def seed(seed_folder, monkeypatch):
    return Pages(Shell(seed_folder, monkeypatch))


def test_the_page_of_the_person(seed):
    page = seed.author("Anima Singh")
    assert {name: page[name] for name in (
        "works_count", "topics_count", "collaborators_count", "close_collaborators_count", "affiliation",
        "affiliation_status", "claim_status", "trust_score", "trust_tier", "verification_level", "orcid",
        "cited_by_count", "name_variants", "first_year", "last_year",
    )} == {
        "works_count": 1, "topics_count": 2, "collaborators_count": 6, "close_collaborators_count": 4,
        "affiliation": None, "affiliation_status": "not_loaded", "claim_status": "none", "trust_score": 11,
        "trust_tier": "Unverified", "verification_level": "L1", "orcid": None, "cited_by_count": 0,
        "name_variants": [], "first_year": 2020, "last_year": 2020,
    }  # fmt: skip


def test_her_topics_by_name(seed):
    topics = "SELECT DISTINCT topic_name FROM staging.work_topics ORDER BY 1"
    assert [row["topic_name"] for row in seed.rows(topics)] == ["Artificial Intelligence", "Machine Learning"]


def test_her_collaborators(seed):
    rows = seed.rows(
        "SELECT collaborator.display_name, is_close, joint_works FROM marts.collaborators AS collaborator"
        " INNER JOIN marts.authors AS author USING (author_id) WHERE author.display_name = 'Anima Singh'"
    )
    assert {row["display_name"] for row in rows} == set(BYLINE) - {"Anima Singh"}
    assert {row["display_name"] for row in rows if row["is_close"]} == {
        "Zhe Zhao",
        "Dong Lin",
        "Ed H. Chi",
        "Sagar Jain",
    }
    assert {row["joint_works"] for row in rows} == {1}


def test_the_reasons_add_up(seed):
    author_id = seed.author("Anima Singh")["author_id"]
    reasons = seed.rows("SELECT component, points, status FROM marts.trust_reasons WHERE author_id = ?", author_id)
    assert len(reasons) == 9
    assert round(sum(reason["points"] for reason in reasons)) == 11
    assert {reason["component"] for reason in reasons if reason["status"] == "not_loaded"} >= {
        "orcid",
        "affiliation",
        "citations",
    }


def test_the_page_of_the_paper(seed):
    page = seed.row("FROM marts.papers WHERE work_id = 'arxiv:2002.03532'")
    assert {name: page[name] for name in (
        "title", "work_type", "display_year", "first_submitted_year", "sources", "is_open_access", "cited_by_count",
        "has_code", "has_dataset", "institutions_count", "is_withdrawn", "primary_category", "arxiv_id", "doi",
    )} == {
        "title": LINE["title"], "work_type": "preprint", "display_year": 2021, "first_submitted_year": 2020,
        "sources": ["arXiv"], "is_open_access": True, "cited_by_count": 0, "has_code": False, "has_dataset": False,
        "institutions_count": 0, "is_withdrawn": False, "primary_category": "cs.LG", "arxiv_id": "2002.03532",
        "doi": None,
    }  # fmt: skip
    assert [author["name"] for author in page["authors"]] == BYLINE
    assert [author["position"] for author in page["authors"]] == list(range(1, 8))
    assert [version["version"] for version in page["versions"]] == [1, 2]
    assert page["bibtex"].startswith("@")


def test_the_profile_as_the_command_prints_it(seed):
    said = seed.shell("author", "anima singh")
    assert said.code == 0
    assert "affiliation not loaded, unclaimed" in said.out
    assert "Trust 11 of" in said.out
    assert "1 works, 2 topics, 6 collaborators, 4 close" in said.out
    by_id = seed.shell("author", seed.author("Anima Singh")["author_id"])
    assert by_id.out == said.out


@pytest.mark.parametrize(
    "name", ["Nobody Special", "[/bold]", "[red]Anima[/red] Singh", "'; DROP TABLE marts.authors; --"]
)
def test_a_name_that_is_not_there_is_repeated_as_it_was_typed(seed, name):
    sentence = refused(seed.shell("author", name))
    assert sentence == f"Nobody is called {name!r} here: try another spelling, or `pipeline run` to load more."


@pytest.mark.parametrize("mention", ["arxiv:2002.03532#8", "arxiv:9999.99999#1", "nonsense"])
def test_a_mention_that_is_not_there_is_named(seed, mention):
    assert refused(seed.shell("why", "arxiv:2002.03532#1", mention)).startswith(f"There is no mention {mention}: ")


@pytest.fixture(scope="module")
def imported(tmp_path_factory, module_patch):
    shell = Shell(tmp_path_factory.mktemp("sample") / "data", module_patch)
    said = shell("import", "arxiv", str(SAMPLE / "arxiv.jsonl"))
    assert (said.code, said.err) == (0, "")
    return Pages(shell, said)


@pytest.fixture
def sample(imported, monkeypatch):
    return Pages(Shell(imported.shell.data, monkeypatch), imported.said)


def test_the_sample_is_loaded_whole(sample):
    lines = len((SAMPLE / "arxiv.jsonl").read_bytes().splitlines())
    assert f"{lines} lines received on 1 pages." in sample.said.out
    assert f"{lines} records received = {lines} accepted + 0 rejected." in sample.said.out
    assert f"{lines} works, 1400 mentions, " in sample.said.out
    assert " authors published to " in sample.said.out
    assert sample.row("SELECT count(*) AS n FROM marts.papers") == {"n": lines}


def test_importing_the_same_file_again_lands_nothing(sample):
    landed = sorted((sample.shell.data / "raw").rglob("*.*"))
    again = sample.shell("import", "arxiv", str(SAMPLE / "arxiv.jsonl"), "--no-publish")
    assert again.code == 0
    assert sorted((sample.shell.data / "raw").rglob("*.*")) == landed


def test_in_the_sample_she_is_one_person_with_four_works(sample):
    people = sample.rows("FROM marts.authors WHERE lower(display_name) LIKE '%anima singh%'")
    assert [person["works_count"] for person in people] == [4]
    printed = sample.rows("SELECT DISTINCT work_id FROM staging.mentions WHERE raw_name = 'Anima Singh'")
    assert len(printed) == 4


def test_in_the_sample_two_spellings_are_one_person(sample):
    assert sample.author("Ed H. Chi")["author_id"] == sample.author("Ed Chi")["author_id"]
    authors = sample.rows(
        "SELECT DISTINCT author_id FROM resolved.author_mentions INNER JOIN staging.mentions USING (mention_id)"
        " WHERE raw_name IN ('Ed H. Chi', 'Ed Chi')"
    )
    assert len(authors) == 1


def test_why_adds_up_its_bits(sample):
    left, right = [
        row["mention_id"]
        for row in sample.rows(
            "SELECT mention_id FROM staging.mentions WHERE raw_name = 'Anima Singh' ORDER BY 1 LIMIT 2"
        )
    ]
    said = sample.shell("why", left, right)
    assert said.code == 0
    bits = {
        columns[1]: float(columns[0])
        for line in said.out.splitlines()
        if len(columns := [part.strip() for part in line.strip("│┃ ").split("│")]) > 1 and columns[0][:1] in "+-"
    }
    total = bits.pop("match weight")
    assert len(bits) > 5
    assert sum(bits.values()) == pytest.approx(total, abs=0.01 * len(bits))
    assert "Held to be one person" in said.out


def test_why_of_two_names_on_one_paper(sample):
    said = sample.shell("why", "arxiv:2002.03532#5", "arxiv:2002.03532#6")
    assert "Held to be two people" in said.out
