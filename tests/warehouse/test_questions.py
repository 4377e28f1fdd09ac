"""The questions that come with the warehouse: each gives the answer that is known of a world made for it."""

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from warehouse.queries import question, questions
from warehouse.tables import create_tables

QUESTIONS = questions()
DOCUMENT = Path(__file__).parents[2] / "docs" / "queries.md"
ADA, CHARLES, MARY, LUIGI = "Ada Byron", "Charles Babbage", "Mary Somerville", "Luigi Federico Menabrea"


@pytest.fixture(scope="module")
def asked(asked_world):
    """Answers from the published file, a row a dictionary."""
    with duckdb.connect(str(asked_world.warehouse.published_path), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")

        def ask(name, **values):
            asking = QUESTIONS[name]
            bound = {one.name: values.pop(one.name, one.default) for one in asking.parameters}
            assert values == {}
            found = con.execute(asking.sql, bound)
            columns = [column[0] for column in found.description]
            return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

        ask.con = con
        yield ask


def taken(rows, *columns):
    return [tuple(row[column] for column in columns) for row in rows]


def author_id(asked, name, place=0):
    return taken(asked("name_variants", author=name), "author_id")[place][0]


def test_there_are_enough_questions():
    assert len(QUESTIONS) >= 20


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_says_what_it_asks_what_a_row_is_and_what_it_takes(name):
    asking = QUESTIONS[name]
    assert asking.asks.endswith("?")
    assert re.match(r"One row is .*\.$", asking.row)
    (statement,) = duckdb.extract_statements(asking.sql)
    assert statement.type is duckdb.StatementType.SELECT
    assert {one.name for one in asking.parameters} == statement.named_parameters
    assert all(one.says for one in asking.parameters)


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_comes_in_an_order_of_its_own(asked, name):
    """Guards against answers that differ from one reading to the next."""
    values = {"author": ADA, "first": "cs.LG", "second": "cs.DB"}
    if name == "connection":
        values = {"from_author": author_id(asked, ADA), "to_author": author_id(asked, CHARLES)}
    wanted = {one.name for one in QUESTIONS[name].parameters if one.default is None}
    given = {key: value for key, value in values.items() if key in wanted}
    asked.con.execute("SET threads = 1")
    first = asked(name, **given)
    asked.con.execute("SET threads = 4")
    assert asked(name, **given) == first


def test_the_document_lists_every_question():
    """On failure, what is expected is what the document must hold."""

    def taking(one):
        return f"`{one.name}`" if one.default is None else f"`{one.name}={one.default}`"

    expected = [
        f"| `{name}` | {each.asks} | {', '.join(map(taking, each.parameters))} |".replace("|  |", "| |")
        for name, each in QUESTIONS.items()
    ]
    listed = [line for line in DOCUMENT.read_text().splitlines() if re.match(r"\| `\w+` \| .*\? \|", line)]
    assert listed == expected, "\n" + "\n".join(expected)


def test_a_comment_is_taken_apart():
    found = question(
        "some/folder/mine.sql",
        "-- Who goes on\n-- and on?\n-- One row is a person: the\n-- oldest first.\n-- who: a name\n"
        "-- most = 3: rows, or\n"
        "-- more: no parameter\nSELECT 1 -- not: this\n",
    )
    assert (found.name, found.asks, found.row) == (
        "mine",
        "Who goes on and on?",
        "One row is a person: the oldest first.",
    )
    assert taken([vars(one) for one in found.parameters], "name", "default", "says") == [
        ("who", None, "a name"),
        ("most", "3", "rows, or"),
        ("more", None, "no parameter"),
    ]


def test_a_query_without_a_comment_asks_nothing():
    found = question("x.sql", "SELECT 1\n-- One row is late.\n")
    assert (found.asks, found.row, found.parameters) == ("", "", ())


def test_collaborators(asked):
    rows = asked("collaborators", author="ada byron")
    assert taken(rows, "display_name", "joint_works")[0] == (CHARLES, 2)
    assert {row["display_name"] for row in rows} == {CHARLES, LUIGI, MARY, "Wei Zhang", "José León Jr."}
    assert len(asked("collaborators", author=rows[0]["author_id"], shown="2")) == 2


def test_name_variants(asked):
    assert taken(asked("name_variants", author=CHARLES), "printed_name", "works") == [(CHARLES, 3), ("C. Babbage", 1)]
    assert taken(asked("name_variants", author=ADA), "works", "first_year", "last_year") == [(5, 2021, 2022)]


def test_likely_merged(asked):
    (row,) = asked("likely_merged")
    assert (row["display_name"], row["orcids"], row["names"]) == (ADA, 2, [ADA])


def test_likely_merged_by_an_open_conflict(asked_world):
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{asked_world.warehouse.published_path}' AS published (READ_ONLY)")
        con.execute("COPY FROM DATABASE published TO memory")
        con.execute(
            "UPDATE marts.trust_reasons SET x = 1, evidence_ids = ['further_given_name:bo']"
            " WHERE component = 'conflict_discount'"
            " AND author_id = (SELECT author_id FROM marts.authors WHERE display_name = ?)",
            [CHARLES],
        )
        rows = con.execute(QUESTIONS["likely_merged"].sql, {"cohesion": "0.6", "shown": "9"}).fetchall()
    assert (rows[0][1], rows[0][4]) == (CHARLES, ["further_given_name:bo"])


def test_likely_merged_by_the_weakest_link(asked):
    """Every author of several mentions has one below 1."""
    rows = asked("likely_merged", cohesion="1")
    assert rows[0]["display_name"] == ADA
    assert rows[0]["signs"] == 2
    assert {row["display_name"] for row in rows[1:]} >= {CHARLES, MARY}
    assert {row["signs"] for row in rows[1:]} == {1}


def test_trust_movers(asked):
    mary, luigi = asked("trust_movers")
    assert (mary["display_name"], luigi["display_name"]) == (MARY, LUIGI)
    assert mary["points_moved"] < 0 < luigi["points_moved"]
    assert mary["components"][0].startswith("conflict_discount -"), "two decisions about her contradict each other"
    assert luigi["components"][0].startswith("history +2.00"), "a second work, a year later"


def test_last_changes(asked):
    rows = asked("last_changes")
    counts = {(row["entity"], row["change"]): row["entities"] for row in rows}
    assert counts == {
        ("author", "minted"): 1,
        ("author", "score_changed"): 2,
        ("author", "split"): 1,
        ("work", "added"): 1,
        ("work", "updated"): 1,
    }
    both = asked("last_changes", runs="2")
    assert {row["run_number"] for row in both} == {1, 2}
    assert ("author", "minted", 1) in taken(both, "entity", "change", "run_number")


def test_likely_split(asked):
    (row,) = asked("likely_split")
    assert {row["name_l"], row["name_r"]} == {CHARLES, "Gretchen Holler"}
    assert (row["signs"], row["what"]) == (["openalex profile"], ["A5000000002"])


def test_likely_split_by_orcid_or_by_name_and_collaborator():
    with duckdb.connect() as con:
        create_tables(con)
        people = {"A1": "Ana Sol", "A2": "Ana Sól", "A3": "Ana Sol", "A4": "Bo Li", "A5": "Bo Lin", "A6": "Cy Ray"}
        for author_id_, name in people.items():
            con.execute(
                "INSERT INTO marts.authors BY NAME SELECT ? AS author_id, ? AS display_name, [] AS name_variants,"
                " 'person' AS kind, 'none' AS affiliation_status, 1 AS works_count, 0 AS topics_count,"
                " 1 AS collaborators_count, 0 AS close_collaborators_count, 0 AS cited_by_count,"
                " 'none' AS claim_status, 9 AS trust_score, 'Unverified' AS trust_tier, 'L1' AS verification_level,"
                " 50 AS score_ceiling, '1' AS model_version",
                [author_id_, name],
            )
        for author_id_ in ("A1", "A2", "A4", "A5"):
            con.execute(
                "INSERT INTO marts.collaborators BY NAME SELECT ? AS author_id, 'A6' AS collaborator_id,"
                " 'Cy Ray' AS display_name, 1 AS joint_works, 1 AS newman_weight, 1 AS strength,"
                " true AS is_established, true AS is_close",
                [author_id_],
            )
        for place, author_id_ in enumerate(("A4", "A5"), start=1):
            con.execute(
                "INSERT INTO staging.mentions BY NAME SELECT 'arxiv:1#' || $n AS mention_id, 'arxiv:1' AS work_id,"
                " $n AS position, 'Bo Li' AS raw_name, 'person' AS kind, '0000-0002-1825-0097' AS orcid,"
                " 'arxiv' AS byline_source, false AS is_on_openalex",
                {"n": place},
            )
            con.execute("INSERT INTO resolved.author_mentions VALUES (?, ?, 1)", [f"arxiv:1#{place}", author_id_])
        rows = con.execute(QUESTIONS["likely_split"].sql, {"shown": "9"}).fetchall()
        con.execute(
            "INSERT INTO marts.collaborators BY NAME SELECT 'A1' AS author_id, 'A2' AS collaborator_id,"
            " 'Ana Sól' AS display_name, 1 AS joint_works, 1 AS newman_weight, 1 AS strength,"
            " true AS is_established, true AS is_close"
        )
        together = con.execute(QUESTIONS["likely_split"].sql, {"shown": "9"}).fetchall()
    assert rows == [
        ("A4", "Bo Li", "A5", "Bo Lin", ["orcid"], ["0000-0002-1825-0097"], 0),
        ("A1", "Ana Sol", "A2", "Ana Sól", ["name and collaborator"], ["A6"], 1),
    ]
    assert together == rows[:1], "who wrote together are two people"


def test_affiliations(asked):
    rows = asked("affiliations", author=ADA)
    assert taken(rows, "place", "country_code", "first_year", "works") == [("University of London", "GB", 2021, 1)]
    assert taken(asked("affiliations", author=MARY), "place", "country_code") == [("Royal Hospital", None)]


def test_places_of_one_name_in_two_countries_are_two(asked_world):
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{asked_world.warehouse.published_path}' AS published (READ_ONLY)")
        con.execute("COPY FROM DATABASE published TO memory")
        con.execute(
            "INSERT INTO staging.institutions BY NAME SELECT 'I9' AS institution_id, 'CA' AS country_code, display_name"
            " FROM staging.institutions WHERE display_name = 'University of London'"
        )
        con.execute(
            "INSERT INTO staging.mention_institutions SELECT mention_id, 'I9' FROM staging.mention_institutions"
            " INNER JOIN staging.institutions USING (institution_id) WHERE display_name = 'University of London'"
        )
        rows = con.execute(QUESTIONS["affiliations"].sql, {"author": ADA}).fetchall()
    assert [row[1:3] for row in rows] == [("University of London", "CA"), ("University of London", "GB")]


def test_published_later(asked):
    assert taken(asked("published_later"), "work_id", "published_in", "published_on", "days_after") == [
        ("arxiv:2205.00001", "Journal of Looms", date(2022, 11, 2), 184),
        ("arxiv:2205.00002", "Annals of Heat 3 (2023)", None, None),
    ]


def test_one_source_only(asked):
    assert taken(asked("one_source_only", source="OpenAlex"), "work_id") == [
        ("openalex:W105",),
        ("openalex:W108",),
        ("openalex:W203",),
    ]
    rows = asked("one_source_only")
    assert rows[0]["work_id"] == "arxiv:2206.00001"
    assert {row["work_id"] for row in rows[1:]} == {f"arxiv:2103.0000{n}" for n in (5, 7, 8, 9)}


def test_identity_events(asked):
    (row,) = asked("identity_events")
    assert (row["event"], row["display_name"], row["other_name"]) == ("split", MARY, MARY)


def test_orcid_conflicts(asked):
    assert taken(asked("orcid_conflicts"), "conflict", "orcids", "names") == [
        ("one iD of two names", ["0000-0001-5109-3700"], [ADA, CHARLES]),
        ("several iDs of one author", ["0000-0001-5109-3700", "0000-0002-1825-0097"], [ADA]),
    ]


def test_withdrawn(asked):
    assert taken(asked("withdrawn"), "work_id", "is_withdrawn", "is_retracted", "authors") == [
        ("arxiv:2205.00002", False, True, [MARY, "Gretchen Holler"]),
        ("arxiv:2103.00008", True, False, [CHARLES]),
    ]


def test_corrections(asked):
    rows = asked("corrections")
    assert taken(rows, "kind", "mention_id_l", "holds") == [
        ("different", "arxiv:2103.00005#1", True),
        ("same", "arxiv:2103.00005#1", False),
        ("same", "arxiv:2103.00001#1", True),
    ]
    assert "different people" in rows[1]["why_not"]
    assert len(asked("corrections", shown="1")) == 1


def test_coverage(asked):
    columns = ("in_month", "works", "in_both", "arxiv_only", "openalex_only", "with_abstract")
    assert taken(asked("coverage"), *columns) == [
        (date(2021, 3, 1), 12, 5, 4, 3, 0.75),
        (date(2022, 5, 1), 2, 2, 0, 0, 1.0),
        (date(2022, 6, 1), 1, 0, 1, 0, 1.0),
    ]
    assert taken(asked("coverage"), "with_affiliation", "with_references")[1] == (0.5, 0.5)


def test_new_authors(asked):
    rows = asked("new_authors")
    assert taken(rows[1:], "in_month", "new_authors", "active_authors", "works") == [
        (date(2022, 5, 1), 2, 4, 2),
        (date(2022, 6, 1), 0, 2, 1),
    ]
    assert rows[1]["authors_so_far"] == rows[2]["authors_so_far"] == rows[0]["new_authors"] + 2


def test_bridge_authors(asked):
    rows = asked("bridge_authors", first="Machine Learning", second="cs.db")
    assert taken(rows, "display_name", "in_first", "in_second", "in_both")[0] == (ADA, 4, 1, 0)
    assert (MARY, 1) in taken(rows, "display_name", "in_both")
    assert {row["display_name"] for row in rows} == {MARY, ADA, "Gretchen Holler"}


def test_missing_abstracts(asked):
    assert taken(asked("missing_abstracts"), "work_id", "in_sources", "cited_by_count") == [
        ("openalex:W203", "OpenAlex", 203),
        ("openalex:W108", "OpenAlex", 108),
        ("openalex:W105", "OpenAlex", 105),
    ]


def test_fetches(asked):
    rows = asked("fetches")
    assert [row["source"] for row in rows].count("arxiv_snapshot") == 2
    assert sum(row["received"] for row in rows) == 12 + 11 + 2 + 1 + 1
    assert sum(row["rejected"] for row in rows) == 2
    assert {row["unread_pages"] for row in rows} == {0}
    assert all(row["seconds"] > 0 for row in rows)


def test_rejected_records(asked):
    rows = asked("rejected_records")
    assert taken(rows, "source", "rule", "records", "example") == [
        ("arxiv_snapshot", "missing_title", 1, "2103.00010"),
        ("openalex_works", "missing_title", 1, "https://openalex.org/W107"),
    ]


def test_who_cites_whom(asked):
    rows = asked("who_cites_whom")
    pairs = {(row["display_name"], row["cited_name"]) for row in rows}
    assert (MARY, CHARLES) in pairs
    assert ("Wei Zhang", ADA) in pairs
    assert (ADA, CHARLES) not in pairs, "he is cited for a work of her own"
    assert (ADA, "Joseph Marie Jacquard") in pairs
    assert not any(citing == cited for citing, cited in pairs)
    assert asked("who_cites_whom", longest_byline="1") == []


def test_cited_here(asked):
    assert taken(asked("cited_here"), "work_id", "cited_here", "cited_anywhere") == [
        ("arxiv:2103.00002", 2, 102),
        ("arxiv:2103.00003", 1, 103),
    ]


def test_unsure_mentions(asked):
    rows = asked("unsure_mentions", author=ADA)
    assert len(rows) == 5
    chances = [row["probability"] for row in rows]
    assert chances == sorted(chances)
    assert "correction" in {row["decided_by"] for row in rows}


def test_evidence(asked):
    rows = {row["comparison"]: row for row in asked("evidence")}
    ((links,),) = asked.con.execute("SELECT count(*) FROM resolved.links").fetchall()
    assert rows["name"]["links_for"] == links
    assert rows["email"] == {"comparison": "email", "links_for": 0, "links_against": 0, "mean_bits": None}


def test_trust_tiers(asked):
    rows = asked("trust_tiers")
    ((people,),) = asked.con.execute("SELECT count(*) FROM marts.authors WHERE kind = 'person'").fetchall()
    assert sum(row["authors"] for row in rows) == people
    assert sum(row["with_orcid"] for row in rows) == 1
    assert sum(row["with_affiliation"] for row in rows) == 3


def test_topics_over_time(asked):
    rows = asked("topics_over_time", subjects="1")
    assert taken(rows, "topic_name", "in_year", "works") == [
        ("Machine Learning", 2021, 8),
        ("Machine Learning", 2022, 2),
    ]
    assert taken(asked("topics_over_time", scheme="openalex"), "topic_name")[0] == ("Early Computing",)


def test_quality_over_runs(asked):
    assert taken(asked("quality_over_runs"), "metric", "last_run", "run_before", "change") == [
        ("b3_f1", 0.75, 0.9, pytest.approx(-0.15)),
        ("b3_recall", 1.0, 1.0, 0.0),
    ]


def test_code_and_data(asked):
    columns = ("primary_category", "first_submitted_year", "papers", "with_code")
    assert taken(asked("code_and_data", least_papers="2"), *columns) == [
        ("cs.DB", 2022, 2, 0.0),
        ("cs.LG", 2021, 8, 0.125),
    ]


def test_connection(asked):
    charles = author_id(asked, CHARLES)
    gretchen = author_id(asked, "Gretchen Holler")
    way = asked("connection", from_author=charles, to_author=gretchen)
    assert taken(way, "steps", "display_name", "joint_works_with_the_one_before") == [
        (0, CHARLES, None),
        (1, ADA, 2),
        (2, LUIGI, 1),
        (3, MARY, 1),
        (4, "Gretchen Holler", 1),
    ]
    assert asked("connection", from_author=charles, to_author=gretchen, most_steps="3") == []
    assert asked("connection", from_author=charles, to_author="nobody") == []
