"""What a run's figures say, over a few papers made by hand: gold that is hidden, what moved, names to look at."""

import shutil

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.resolve import resolve
from pipeline.sources.pages import Source
from pipeline.steps import frame_as, people, quality
from pipeline.steps.monitors import HOT_MENTIONS, culprits, hot_names
from warehouse import WarehouseError

from .bench import Bench
from .small_world import ORCID_ADA, authorship, json_lines, work

OTHER_ORCID = "0000-0001-5109-3700"
BAD_ORCID = "0000-0002-1825-0098"
TEAM = ["Ottilie Quist", "Leopold Brand"]


def by(name: str, orcid: str | None) -> dict:
    return {"raw_author_name": name, **({"raw_orcid": orcid} if orcid else {})}


PEOPLE = [
    # The same person twice with the same colleagues, and once alone under another first initial.
    work(1, "Weaving numbers", [by("Ada Byron", ORCID_ADA), *TEAM], locations=[]),
    work(2, "Weaving more numbers", [by("Ada Byron", ORCID_ADA), *TEAM], locations=[]),
    work(3, "Cookery for few", [by("Zelda Byron", ORCID_ADA)], locations=[]),
    # A namesake with the same colleagues: the resolver joins what iDs tell apart.
    work(4, "Weaving the last numbers", [by("Ada Byron", OTHER_ORCID), *TEAM], locations=[]),
    # No iD at all, its check digit wrong; and a block without any.
    work(5, "Tides", [by("Mary Somerville", BAD_ORCID)], locations=[]),
]
ADA_1, ADA_2, ZELDA, ADA_4, MARY = (f"openalex:W{n}#1" for n in range(1, 6))


def measured(bench, **settings):
    """Measure as run `run`, and give the figures."""
    with bench.warehouse.write() as con:
        quality.measure(con, **{"run_id": "run", "threads": 2} | settings)
        return quality.last_figures(con)[1]


def decide(bench, kind, left=None, right=None, author_id=None):
    with bench.warehouse.write() as con:
        con.execute(
            """
            INSERT INTO resolved.corrections
                (correction_id, kind, mention_id_l, mention_id_r, author_id, status, "by", "at")
            VALUES (?, ?, ?, ?, ?, 'approved', 'me', now())
            """,
            [f"{kind} {left} {author_id}", kind, left, right, author_id],
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The people above, resolved once; every test has a copy."""
    first = Bench(tmp_path_factory.mktemp("people"))
    first.land(Source.OPENALEX_WORKS, json_lines(PEOPLE))
    first.build()
    return first.folder


@pytest.fixture
def world(tmp_path, built):
    return Bench(shutil.copytree(built, tmp_path / "world"))


def test_orcids_are_gold_that_the_resolver_does_not_see(world, monkeypatch):
    seen = []

    def spied(mentions, works, **settings):
        seen.append((mentions, settings))
        return resolve(mentions, works, **settings)

    monkeypatch.setattr(quality, "resolve", spied)
    decide(world, "different", ADA_1, ADA_4)
    found = measured(world)
    ((mentions, settings),) = seen
    assert {"orcid", "openalex_author_id"}.isdisjoint(mentions.column_names)
    assert "corrections" not in settings
    assert (found[("orcid", "all", "mentions")], found[("orcid", "all", "authors")]) == (4, 2)
    # With iDs hidden: the three Adas are one cluster, Zelda is another.
    assert (found[("orcid", "all", "merged_clusters")], found[("orcid", "all", "split_authors")]) == (1, 1)
    assert found[("orcid", "all", "b3_precision")] == pytest.approx((3 * (2 / 3 * 2 + 1 / 3) / 3 + 1) / 4)
    assert found[("orcid", "ambiguous", "mentions")] == 3
    assert found[("orcid", "bearers of the name: up to 1", "b3_recall")] == found[("orcid", "all", "b3_recall")]
    # Of the two links between Adas, one is between two people.
    assert found[("orcid", "probability 0.9 to 1.0", "links")] == 2
    assert found[("orcid", "probability 0.9 to 1.0", "observed")] == 0.5


def test_only_blocks_with_labels_are_resolved_again(world):
    with world.warehouse.write() as con:
        chosen = set(quality.orcid_gold(con)["mention_id"])
    assert chosen == {ADA_1, ADA_2, ZELDA, ADA_4}, "an iD with a wrong check digit is no gold"


def test_the_bound_takes_whole_blocks_in_a_fixed_order(world):
    sizes = []
    for bound in (1, 4):
        with world.warehouse.write() as con:
            known = quality.orcid_gold(con).select("mention_id")
            with frame_as(con, "known", known):
                sizes.append(quality.chosen_mentions(con, bound=bound)["mention_id"].to_list())
    assert sizes[0] in ([ADA_1, ADA_2, ADA_4], [ZELDA])
    assert sorted(sizes[1]) == [ADA_1, ADA_2, ZELDA, ADA_4]


def test_decisions_that_would_hold_untold(world):
    decide(world, "same", ADA_1, ADA_2)
    decide(world, "different", ADA_1, ADA_4)
    found = measured(world)
    assert (found[("corrections", "all", "pairs")], found[("corrections", "all", "held")]) == (2, 1)
    assert (found[("corrections", "same", "held_share")], found[("corrections", "different", "held_share")]) == (1, 0)


def test_decisions_alone_are_measured_too(bench):
    bench.land(Source.OPENALEX_WORKS, json_lines([work(n, f"Weaving {n}", TEAM, locations=[]) for n in (1, 2)]))
    bench.build()
    decide(bench, "same", "openalex:W1#1", "openalex:W2#1")
    found = measured(bench)
    assert found[("corrections", "all", "held_share")] == 1
    assert not [key for key in found if key[0] == "orcid"]


def test_without_gold_there_are_only_counts(bench):
    bench.land(Source.OPENALEX_WORKS, json_lines([work(1, "Alone", ["Ottilie Quist"], locations=[])]))
    bench.build()
    found = measured(bench)
    assert {gold_set for gold_set, *_ in found} == {"self"}
    assert found[("self", "all", "authors")] == found[("self", "cluster size: 1", "authors")] == 1
    assert ("self", "all", "churn") not in found


def test_an_empty_warehouse_is_measured(bench):
    bench.build()
    assert measured(bench)[("self", "all", "mentions")] == 0


def test_sizes_fall_into_doubling_steps(world):
    found = measured(world)
    # Ada and her two colleagues three times each; Zelda and Mary once.
    assert {
        (slice_, metric): value for (_, slice_, metric), value in found.items() if slice_.startswith("cluster size")
    } == {
        ("cluster size: 1", "authors"): 2,
        ("cluster size: 1", "mentions"): 2,
        ("cluster size: 3 to 4", "authors"): 3,
        ("cluster size: 3 to 4", "mentions"): 9,
    }


def test_events_are_counted_once(world):
    assert measured(world)[("self", "all", "minted_authors")] > 0
    assert measured(world, run_id="later")[("self", "all", "minted_authors")] == 0


def test_measuring_again_in_a_run_replaces_its_figures(world):
    before = measured(world)
    assert measured(world) == before
    assert world.rows("SELECT count(DISTINCT run_id) FROM resolved.quality") == [(1,)]


def test_drift_is_against_the_run_before(world):
    measured(world)
    measured(world, run_id="a second, of a smaller id")
    world.land(Source.OPENALEX_WORKS, json_lines([work(9, "New", ["Ottilie Quist"], locations=[])]), minutes=1)
    world.build(run_id="third")
    found = measured(world, run_id="third")
    assert found[("self", "all", "run_number")] == 3
    assert found[("self", "drift", "mentions")] == 1
    assert found[("orcid", "drift", "b3_f1")] == 0


def test_what_readers_have_is_compared_with_what_they_will_get(world):
    world.warehouse.publish()
    published = world.warehouse.published_path
    assert measured(world, published=published)[("self", "all", "churn")] == 0
    decide(world, "different", ADA_1, ADA_4)
    decide(world, "different", ADA_2, ADA_4)
    with world.warehouse.write() as con:
        people.resolve_people(con, run_id="next", threads=2)
    found = measured(world, run_id="next", published=published)
    carried = found[("self", "all", "carried_mentions")]
    assert [(carried,)] == world.rows("SELECT count(*) FROM resolved.author_mentions")
    assert found[("self", "all", "churn")] == pytest.approx(1 / carried)
    assert found[("self", "all", "newly_minted")] == pytest.approx(1 / carried)


def test_nothing_published_is_nothing_to_compare_with(world):
    found = measured(world, published=world.warehouse.published_path)
    assert ("self", "all", "churn") not in found


def test_a_published_file_that_cannot_be_opened_is_named(world):
    world.warehouse.published_path.write_bytes(b"no database")
    with pytest.raises(WarehouseError, match=r"warehouse\.duckdb cannot be opened"):
        measured(world, published=world.warehouse.published_path)


def test_an_operators_labels_are_measured_against_the_run(world, tmp_path):
    folder = tmp_path / "labels"
    folder.mkdir()
    labels = {"mention_id": [ADA_1, ADA_2, MARY, "nowhere#1"], "gold_author": ["ada", "ada", "mary", "nobody"]}
    pq.write_table(pa.table(labels), folder / "mine.parquet")
    pq.write_table(pa.table({"mention_id": ["a"]}), folder / "narrow.parquet")
    (folder / "broken.parquet").write_bytes(b"no parquet")
    pq.write_table(pa.table({"mention_id": ["a", "a"], "gold_author": ["1", "2"]}), folder / "twice.parquet")
    gold, refused = quality.gold_files(folder)
    assert list(gold) == ["mine"]
    assert [sentence.split(" was not measured: ")[0] for sentence in refused] == [
        "broken.parquet",
        "narrow.parquet",
        "twice.parquet",
    ]
    assert "gold has no column 'gold_author'" in refused[1]
    found = measured(world, gold=gold)
    assert (found[("file:mine", "all", "mentions")], found[("file:mine", "all", "b3_f1")]) == (3, 1)
    with world.warehouse.write() as con:
        assert ("file:mine", "all", 3) in [
            (row["gold_set"], row["slice"], row["mentions"]) for row in quality.scores_table(con, "run")
        ]


def test_a_folder_that_is_not_there_holds_no_labels(tmp_path):
    assert quality.gold_files(tmp_path / "none") == ({}, [])


def broken_run(bench, names):
    """Put mentions of these names, each on a work of its own, into one author, joined by scores."""
    bench.land(
        Source.OPENALEX_WORKS,
        json_lines([work(n, f"Work {n}", [authorship(name)], locations=[]) for n, name in enumerate(names, 1)]),
    )
    bench.build()
    with bench.warehouse.write() as con:
        con.execute("UPDATE resolved.author_mentions SET author_id = 'AONE'")
        con.execute("DELETE FROM resolved.links")
        zeros = ", ".join(
            f"0 AS {name}"
            for (name,) in con.execute(
                "SELECT column_name FROM duckdb_columns() WHERE table_name = 'links' AND column_name LIKE '%weight'"
            ).fetchall()
        )
        con.execute(
            f"""
            INSERT INTO resolved.links BY NAME
            SELECT 'openalex:W' || n || '#1' AS mention_id_l, 'openalex:W' || (n + 1) || '#1' AS mention_id_r,
                'score' AS decided_by, 0.5 AS probability, {zeros}
            FROM range(1, {len(names)}) AS r (n)
            """
        )


def test_a_profile_that_absorbs_names_is_named_with_them(bench):
    broken_run(bench, ["Ann Lee", "Amy Lee", "Ada Lee", "A. Lee"])
    found = measured(bench)
    assert found[("self", "all", "written_out_names")] == found[("self", "author: AONE", "written_out_names")] == 3
    # Three pairs of first names that cannot be one person's; the initial fits all.
    assert found[("self", "all", "impossible_names")] == found[("self", "author: AONE", "impossible_names")] == 3
    with bench.warehouse.write() as con:
        (culprit,) = culprits(con, "run", "impossible_names")
    assert (culprit.id, culprit.value) == ("AONE", 3)
    assert culprit.names == ("A. Lee", "Ada Lee", "Amy Lee", "Ann Lee")


@pytest.mark.parametrize("decided_by", ["correction", "orcid"])
def test_names_joined_by_a_decision_or_an_orcid_are_possible(bench, decided_by):
    broken_run(bench, ["Ann Lee", "Amy Lee"])
    with bench.warehouse.write() as con:
        con.execute("UPDATE resolved.links SET decided_by = ?", [decided_by])
    assert measured(bench)[("self", "all", "impossible_names")] == 0


def test_hidden_names_are_not_shown(bench):
    broken_run(bench, ["Ann Lee", "Amy Lee"])
    decide(bench, "hide_name", author_id="AONE")
    measured(bench)
    with bench.warehouse.write() as con:
        for metric in ("impossible_names", "written_out_names", "largest_block"):
            assert {culprit.names for culprit in culprits(con, "run", metric)} == {()}


def test_figures_hold_no_names(world):
    measured(world)
    slices = " ".join(slice_ for (slice_,) in world.rows("SELECT DISTINCT slice FROM resolved.quality")).lower()
    assert not any(name in slices for name in ("byron", "quist", "brand", "somerville"))


def printed(names, kind="person"):
    """The hot names where these are printed, one a mention: rows of slice, metric, value."""
    con = duckdb.connect()
    con.execute("CREATE SCHEMA staging")
    con.execute(
        "CREATE TABLE staging.mentions AS"
        " SELECT 'm#' || generate_subscripts($names, 1) AS mention_id, unnest($names) AS raw_name, $kind AS kind",
        {"names": names, "kind": kind},
    )
    return hot_names(con).rows()


@pytest.mark.parametrize(
    ("name", "is_hot"),
    [
        ("IEEE", True),
        ("Anna Lee 2", True),
        ("Lee et al", True),
        ("Unknown Contributor", True),
        ("Nan Li", False),
        ("Ottilie Quist", False),
    ],
)
def test_hot_names_are_those_of_nobody(name, is_hot):
    none = [("all", "hot_names", 0.0)]
    one = [("all", "hot_names", 1.0), ("name of m#1", "hot_names", float(HOT_MENTIONS))]
    assert printed([name] * HOT_MENTIONS) == (one if is_hot else none)
    assert printed([name] * (HOT_MENTIONS - 1)) == none
    assert printed([name] * HOT_MENTIONS, kind="group") == none


def test_a_name_in_capitals_and_small_letters_is_one_printed_name():
    names = ["Nobody", "NOBODY"] * (HOT_MENTIONS // 2)
    assert printed([*names, "Ottilie Quist"])[1:] == [("name of m#1", "hot_names", float(HOT_MENTIONS))]


def test_the_largest_block_is_named_by_its_key(world):
    found = measured(world)
    assert found[("self", "all", "largest_block")] == 3
    assert found[("self", "all", "largest_block_share")] == pytest.approx(3 / found[("self", "all", "mentions")])
    with world.warehouse.write() as con:
        assert [culprit.names for culprit in culprits(con, "run", "largest_block")][:3] == [
            ("byron, a",),
            ("quist, o",),
            ("brand, l",),
        ]


def test_row_order_and_threads_change_nothing(world):
    first = measured(world)
    with world.warehouse.write() as con:
        con.execute("CREATE TEMP TABLE turned AS SELECT * FROM staging.mentions ORDER BY mention_id DESC")
        con.execute("DELETE FROM staging.mentions")
        con.execute("INSERT INTO staging.mentions SELECT * FROM turned ORDER BY mention_id DESC")
    assert measured(world, threads=1) == first
