"""The steps over the small world: what joins, what does not, and what a page then says."""

import random
from collections import Counter

import pytest

from pipeline.replica import running
from pipeline.sources.arxiv import ArxivSource
from pipeline.sources.pages import Source
from warehouse import query

from .bench import Bench, forget
from .small_world import (
    AUTHORS,
    CROWD,
    HOSTILE_TITLE,
    INSTITUTIONS,
    ORCID_ADA,
    PAPERS,
    WORKS,
    json_lines,
    work,
    write_world,
)


def by_key(rows):
    return {key: rest[0] if len(rest) == 1 else tuple(rest) for key, *rest in rows}


def test_how_each_openalex_record_is_joined(built_world):
    joined = by_key(
        built_world.rows("SELECT record_id, work_id, method FROM staging.work_records WHERE source = 'openalex'")
    )
    assert joined == {
        "W101": ("arxiv:2103.00001", "published_doi"),
        "W102": ("arxiv:2103.00002", "arxiv_doi"),
        "W103": ("arxiv:2103.00003", "location"),
        "W104": ("arxiv:2103.00004", "title_byline"),
        "W105": ("openalex:W105", "own_record"),
        "W106": ("arxiv:2103.00006", "arxiv_doi"),
        "W108": ("openalex:W108", "own_record"),
    }


def test_a_wrong_identifier_joins_nothing(built_world):
    has = by_key(built_world.rows("SELECT work_id, openalex_id, cited_by_count FROM staging.works"))
    assert has["arxiv:2103.00005"] == (None, 0)
    assert has["openalex:W105"] == ("W105", 105)
    assert has["arxiv:2103.00009"] == (None, 0)


def test_arxiv_has_the_word_where_both_know(built_world):
    ((title, year, doi, license_, citations, code, venue),) = built_world.rows(
        "SELECT title, publication_year, doi, license, cited_by_count, code_urls, venue FROM staging.works"
        " WHERE work_id = 'arxiv:2103.00001'"
    )
    assert (title, year, doi) == (PAPERS[0]["title"], 2021, "10.1234/weave.1")
    assert (license_, citations, code, venue) == (None, 101, ["https://github.com/ada/engine"], None)


def test_where_a_field_came_from(built_world):
    sources = by_key(
        built_world.rows(
            "SELECT field, source, record_id FROM staging.field_sources WHERE work_id = 'arxiv:2103.00001'"
        )
    )
    assert sources["title"] == ("arxiv_snapshot", "2103.00001")
    assert sources["cited_by_count"] == ("openalex_works", "W101")
    assert "venue" not in sources


OF_WORKS = (
    "title",
    "abstract",
    "publication_year",
    "first_submitted_at",
    "last_updated_at",
    "doi",
    "openalex_id",
    "primary_category",
    "venue",
    "journal_ref",
    "comments",
    "submitter",
    "report_no",
    "license",
    "code_urls",
    "dataset_urls",
)
ELSEWHERE = {
    "byline": "SELECT work_id FROM staging.mentions",
    "categories": "SELECT work_id FROM staging.work_topics WHERE scheme = 'arxiv'",
    "topics": "SELECT work_id FROM staging.work_topics WHERE scheme = 'openalex'",
    "references": "SELECT work_id FROM staging.work_references",
    "openalex_author_id": "SELECT work_id FROM staging.mentions WHERE openalex_author_id IS NOT NULL",
    "orcid": "SELECT work_id FROM staging.mentions WHERE orcid IS NOT NULL",
    "institutions": "SELECT split_part(mention_id, '#', 1) FROM staging.mention_institutions",
}


@pytest.mark.parametrize(
    ("field", "holders"),
    [(field, f"SELECT work_id FROM staging.works WHERE len({field}::VARCHAR) > 2") for field in OF_WORKS]
    + list(ELSEWHERE.items()),
)
def test_every_value_has_a_source(built_world, field, holders):
    assert built_world.rows(f"{holders} EXCEPT SELECT work_id FROM staging.field_sources WHERE field = ?", field) == []


def test_every_source_is_a_record_that_is_here_with_the_moment_it_was_fetched(built_world):
    here = (
        "SELECT source, arxiv_id, fetched_at FROM staging.arxiv_records"
        " UNION ALL SELECT 'openalex_works', openalex_id, fetched_at FROM staging.openalex_works"
    )
    assert built_world.rows(f"SELECT source, record_id, fetched_at FROM staging.field_sources EXCEPT ({here})") == []


def test_links_that_only_openalex_has_are_the_works_as_its_provenance_says(bench: Bench):
    linked = {"Code:": [0], "https://github.com/ada/engine": [1]}
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[1:2]))
    bench.land(Source.OPENALEX_WORKS, json_lines([WORKS[1] | {"abstract_inverted_index": linked}]), minutes=1)
    bench.build()
    assert bench.rows("SELECT work_id, code_urls, dataset_urls FROM staging.works") == [
        ("arxiv:2103.00002", ["https://github.com/ada/engine"], [])
    ]
    assert bench.rows("SELECT source FROM staging.field_sources WHERE field = 'code_urls'") == [("openalex_works",)]


def test_every_name_of_a_long_byline_stands_and_keeps_its_place(built_world):
    names = built_world.rows(
        "SELECT position, family, is_on_openalex FROM staging.mentions WHERE work_id = 'arxiv:2103.00006'"
        " ORDER BY position"
    )
    assert [(place, family) for place, family, _ in names] == [
        (place, family) for place, (family, *_) in enumerate(CROWD, start=1)
    ]
    assert Counter(is_on for *_, is_on in names) == {True: 100, False: 20}


def test_names_take_what_openalex_says_about_them_whatever_its_order(built_world):
    lined_up = by_key(
        built_world.rows(
            "SELECT mention_id, raw_name, orcid, openalex_author_id, raw_affiliation FROM staging.mentions"
        )
    )
    assert lined_up["arxiv:2103.00001#1"] == ("Ada Byron", ORCID_ADA, "A5000000001", "University of London")
    assert lined_up["arxiv:2103.00001#2"] == ("José León Jr.", None, None, None)
    on_both = built_world.rows("SELECT is_on_openalex FROM staging.mentions WHERE work_id = 'arxiv:2103.00004'")
    assert on_both == [(True,), (True,)]


def test_an_orcid_on_two_names_of_a_work_is_on_neither(built_world):
    assert built_world.rows("SELECT count(orcid) FROM staging.mentions WHERE work_id = 'arxiv:2103.00002'") == [(0,)]
    assert built_world.rows("SELECT mention_id FROM staging.mentions WHERE orcid IS NOT NULL") == [
        ("arxiv:2103.00001#1",)
    ]


def test_groups_are_no_persons(built_world):
    assert built_world.rows(
        "SELECT position, family, kind FROM staging.mentions WHERE work_id = 'arxiv:2103.00007' ORDER BY position"
    ) == [
        (1, "Lovelace Collaboration", "group"),
        (2, "Byron", "person"),
        (3, "Babbage", "person"),
        (4, "Engine Collaboration", "group"),
    ]
    levels = built_world.rows("SELECT kind, verification_level FROM marts.authors WHERE kind = 'group'")
    assert levels == [("group", "L0")] * 2
    assert built_world.rows(
        "SELECT count(*) FROM marts.collaborators INNER JOIN marts.authors USING (author_id) WHERE kind = 'group'"
    ) == [(0,)]


def test_a_withdrawn_paper_is_there_and_says_so(built_world):
    assert built_world.rows(
        "SELECT is_withdrawn, display_year, len(versions) FROM marts.papers WHERE work_id = 'arxiv:2103.00008'"
    ) == [(True, 2021, 2)]
    assert built_world.rows("SELECT count(*) FROM staging.works WHERE is_withdrawn") == [(1,)]


def test_hostile_text_is_text(built_world):
    ((title, bibtex),) = built_world.rows("SELECT title, bibtex FROM marts.papers WHERE work_id = 'arxiv:2103.00009'")
    assert title == HOSTILE_TITLE.replace("{its}", "its")
    assert bibtex.startswith("@")


def test_institutions_of_a_name(built_world):
    assert built_world.rows("FROM staging.mention_institutions ORDER BY ALL") == [
        ("arxiv:2103.00001#1", "I1"),
        ("arxiv:2103.00001#2", "I2"),
    ]
    assert by_key(built_world.rows("SELECT institution_id, ror, display_name FROM staging.institutions")) == {
        "I1": ("04cw6st05", "University of London"),
        "I2": (None, "Real Academia"),
    }
    pages = by_key(built_world.rows("SELECT work_id, institutions_count FROM marts.papers"))
    assert (pages["arxiv:2103.00001"], pages["arxiv:2103.00002"]) == (2, 0)


def test_topics_of_both_schemes_and_references(built_world):
    assert built_world.rows(
        "SELECT scheme, topic_id, topic_name, is_primary FROM staging.work_topics WHERE work_id = 'arxiv:2103.00001'"
        " ORDER BY ALL"
    ) == [
        ("arxiv", "cs.LG", "Machine Learning", True),
        ("arxiv", "stat.ML", "Machine Learning", False),
        ("openalex", "T10001", "Early Computing", True),
    ]
    assert built_world.rows("FROM staging.work_references ORDER BY ALL") == [
        ("arxiv:2103.00001", "W102", "arxiv:2103.00002"),
        ("arxiv:2103.00001", "W999", None),
    ]


def test_a_page_of_a_person(built_world):
    ((id_, works, citations, orcid, affiliation, status),) = built_world.rows(
        "SELECT author_id, works_count, cited_by_count, orcid, affiliation, affiliation_status FROM marts.authors"
        " WHERE display_name = 'Ada Byron'"
    )
    assert (works, citations, orcid) == (4, 101 + 102 + 104, ORCID_ADA)
    assert (affiliation, status) == ("University of London", "found")
    reasons = by_key(
        built_world.rows("SELECT component, status, points FROM marts.trust_reasons WHERE author_id = ?", id_)
    )
    assert reasons["orcid"] == ("found", 10.0)
    listed = built_world.rows("SELECT work_id FROM marts.author_works WHERE author_id = ? ORDER BY 1", id_)
    assert listed == [(f"arxiv:2103.0000{n}",) for n in (1, 2, 4, 7)]


def test_building_again_changes_nothing(built_world):
    before = built_world.contents()
    counts = built_world.build(run_id="again")
    after = built_world.contents()
    assert after == before
    assert "minted_authors" not in counts


@pytest.mark.parametrize("seed", range(2))
def test_the_order_in_which_pages_come_changes_nothing(bench, built_world, seed):
    chance = random.Random(seed)
    objects = [
        (source, item)
        for source, items in (
            (Source.ARXIV_SNAPSHOT, PAPERS),
            (Source.OPENALEX_WORKS, WORKS),
            (Source.OPENALEX_AUTHORS, AUTHORS),
            (Source.OPENALEX_INSTITUTIONS, INSTITUTIONS),
        )
        for item in items
    ]
    chance.shuffle(objects)
    minutes = list(range(len(objects)))
    chance.shuffle(minutes)
    for minute, (source, item) in zip(minutes, objects, strict=True):
        bench.land(source, json_lines([item]), minutes=minute)
    bench.build()
    mine, theirs = bench.contents(), built_world.contents()
    assert mine == theirs


def test_loading_in_two_goes_gives_the_works_and_names_of_one(bench, built_world):
    for minutes, half in enumerate((PAPERS[:5], PAPERS[5:])):
        bench.land(Source.ARXIV_SNAPSHOT, json_lines(half), minutes=minutes)
        bench.land(Source.OPENALEX_WORKS, json_lines(WORKS[minutes::2]), minutes=minutes + 5)
        bench.land(Source.OPENALEX_INSTITUTIONS, json_lines(INSTITUTIONS), minutes=8)
        bench.land(Source.OPENALEX_AUTHORS, json_lines(AUTHORS), minutes=9)
        bench.build(run_id=f"run {minutes}")
    mine, theirs = bench.contents(), built_world.contents()
    assert {name for name in mine if name.startswith("staging.") and mine[name] != theirs[name]} == set()

    def people(bench):
        groups = {}
        for author_id, mention_id in bench.rows("SELECT author_id, mention_id FROM resolved.author_mentions"):
            groups.setdefault(author_id, set()).add(mention_id)
        return sorted(map(sorted, groups.values()))

    assert people(bench) == people(built_world)


def test_the_atom_door_and_the_snapshot_door_give_the_same_work(bench, tmp_path):
    # A line whose names are not split is left out: the replica would have to print what arXiv alone knows. The
    # API does not say who submitted a paper.
    split = [line | {"submitter": None} for line in PAPERS if line["authors_parsed"]]
    with running(write_world(tmp_path / "replica", papers=split)) as urls:
        for page in ArxivSource(tmp_path, url=urls.arxiv).by_ids([line["id"] for line in split]):
            bench.landing.commit(page.source, page.window, [bench.landing.land(page)])
    other = Bench(tmp_path / "snapshot")
    other.land(Source.ARXIV_SNAPSHOT, json_lines(split))
    seen = []
    for one in (bench, other):
        assert one.build()["received"] == len(split)
        tables = one.contents()
        seen.append(
            {
                "works": tables["staging.works"],
                "versions": tables["staging.work_versions"],
                "topics": tables["staging.work_topics"],
                "names": tables["staging.mentions"],
                "people": tables["resolved.author_mentions"],
                "broken rules": one.rows("SELECT rule FROM staging.rejected"),
            }
        )
    atom, snapshot = seen
    assert len(atom["works"]) == len(split) - 1
    assert atom == snapshot


def test_a_work_without_a_date_is_not_somebodys_latest(bench):
    name = {"raw_author_name": "Ada Byron", "raw_orcid": f"https://orcid.org/{ORCID_ADA}"}
    dated = work(301, "Looms that count", [name | {"raw_affiliation_strings": ["New lab"]}])
    undated = work(302, "Looms that do not", [name | {"raw_affiliation_strings": ["Old lab"]}],
                   publication_year=None, publication_date=None)  # fmt: skip
    bench.land(Source.OPENALEX_WORKS, json_lines([dated, undated]))
    bench.build()
    assert bench.rows("SELECT works_count, affiliation FROM marts.authors") == [(2, "New lab")]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_a_renamed_topic_has_the_name_most_works_know_in_any_order(connection, order):
    forget(connection)
    connection.execute(
        "INSERT INTO staging.work_topics"
        " SELECT 'openalex:W' || n, 'openalex', 'T1', CASE n WHEN 1 THEN 'Early name' ELSE 'Later name' END, true"
        f" FROM range(1, 4) AS works (n) ORDER BY n {order}"
    )
    assert connection.execute(query("marts/topics")).fetchall() == [("T1", "openalex", "Later name", 3)]
