"""Bulk files: what is wanted of them lands once and becomes the rows that the API gives; what is not whole is named."""

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.snapshots import ImportFileError
from pipeline.snapshots.openalex import snapshot_parts
from pipeline.sources.pages import Source
from pipeline.steps import importing
from pipeline.steps.watching import watched

from .bench import Bench
from .small_world import AUTHORS, INSTITUTIONS, PAPERS, WORKS, authorship, json_lines, work

KINDS = ("works", "authors", "institutions")
STRANGERS = [
    work(901, "Of no arXiv paper", ["Ada Byron"], doi="https://doi.org/10.9/stranger", locations=[]),
    work(902, "Of an arXiv paper that is not here", ["Ada Byron"], doi="https://doi.org/10.48550/arXiv.1901.00001"),
]
BROKEN = b'{"id": "https://openalex.org/W903", "landing_page_url": "http://arxiv.org/abs/2103.00001"\n'


@dataclass(frozen=True)
class Snapshot:
    """An OpenAlex snapshot in a folder."""

    root: Path

    def part(self, kind: str, lines: bytes, *, day: str = "2026-01-01", number: int = 0) -> Path:
        """Write lines as a packed part."""
        return self.file(f"{kind}/updated_date={day}/part_{number:04d}.gz", gzip.compress(lines, mtime=0))

    def file(self, name: str, content: bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


@pytest.fixture
def snapshot(tmp_path):
    return Snapshot(tmp_path / "openalex")


@pytest.fixture
def papers(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    bench.read()
    return bench


def imported(bench: Bench, path: Path, *kinds: str, everything: bool = False) -> list[importing.ImportedParts]:
    """Import kind by kind, as the command does."""
    found = []
    for kind in kinds or KINDS:
        found.append(importing.land_parts(path, bench.warehouse, bench.landing, kinds=(kind,), everything=everything))
        bench.read()
    return found


def work_ids(bench):
    return [id_ for (id_,) in bench.rows("SELECT openalex_id FROM staging.openalex_works ORDER BY 1")]


def whole(snapshot):
    snapshot.part("works", json_lines(WORKS[:3] + STRANGERS[:1]))
    snapshot.part("works", json_lines(WORKS[3:] + STRANGERS[1:]), day="2026-02-01")
    snapshot.part("authors", json_lines(AUTHORS))
    snapshot.part("institutions", json_lines(INSTITUTIONS))


def test_a_snapshot_gives_the_rows_that_the_api_gives(papers, snapshot, tmp_path_factory):
    whole(snapshot)
    imported(papers, snapshot.root)
    wanted = set(work_ids(papers))
    api = Bench(tmp_path_factory.mktemp("api"))
    api.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    for minutes, (source, things) in enumerate(
        [
            (Source.OPENALEX_WORKS, WORKS),
            (Source.OPENALEX_AUTHORS, AUTHORS),
            (Source.OPENALEX_INSTITUTIONS, INSTITUTIONS),
        ]
    ):
        answer = {"meta": {"count": len(things)}, "results": things}
        api.land(source, json.dumps(answer).encode(), minutes=minutes + 1)
    api.read()
    columns = "* EXCLUDE (page_id, fetched_at)"
    for bench in (papers, api):
        with bench.warehouse.write() as con:
            con.execute("CREATE TABLE wanted AS SELECT unnest($ids) AS openalex_id", {"ids": sorted(wanted)})
    rows = f"SELECT {columns} FROM staging.openalex_works SEMI JOIN wanted USING (openalex_id) ORDER BY 1"
    assert papers.rows(rows) == api.rows(rows)
    assert len(wanted) == len(papers.rows(rows)) > 3
    named = f"SELECT {columns} FROM staging.openalex_institutions WHERE institution_id = 'I1'"
    assert papers.rows(named) == api.rows(named) != []


def test_what_joins_no_paper_here_stays_outside(papers, snapshot):
    whole(snapshot)
    works, authors, _ = imported(papers, snapshot.root)
    assert not {"W901", "W902"} & set(work_ids(papers))
    assert "W101" in work_ids(papers)
    assert (works.parts, works.seen) == (2, len(WORKS) + 2)
    assert works.received < works.seen
    named = {
        id_
        for (id_,) in papers.rows(
            "SELECT DISTINCT name.openalex_author_id FROM (SELECT unnest(byline) AS name FROM staging.openalex_works)"
        )
    }
    assert {id_ for (id_,) in papers.rows("SELECT openalex_author_id FROM staging.openalex_authors")} <= named
    assert authors.seen == len(AUTHORS)


def test_everything_is_everything(papers, snapshot):
    whole(snapshot)
    imported(papers, snapshot.root, "works", everything=True)
    assert {"W901", "W902"} <= set(work_ids(papers))


def test_importing_again_reads_nothing(papers, snapshot):
    whole(snapshot)
    imported(papers, snapshot.root)
    before = papers.contents()
    again = imported(papers, snapshot.root)
    assert [(one.parts_skipped, one.seen, one.pages) for one in again] == [(one.parts, 0, 0) for one in again]
    assert papers.contents() == before


def test_more_papers_make_more_wanted(bench, snapshot):
    whole(snapshot)
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[1:]))
    bench.read()
    imported(bench, snapshot.root, "works")
    few = work_ids(bench)
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS), minutes=1)
    bench.read()
    (again,) = imported(bench, snapshot.root, "works")
    assert again.parts_skipped == 0
    assert set(few) < set(work_ids(bench))


def test_an_import_that_breaks_off_goes_on_with_the_part_it_was_in(papers, snapshot):
    whole(snapshot)
    late = snapshot.root / "works/updated_date=2026-02-01/part_0000.gz"
    content = late.read_bytes()
    late.write_bytes(content[:-20])
    with pytest.raises(ImportFileError, match=r"part_0000\.gz cannot be read to its end"):
        imported(papers, snapshot.root, "works")
    late.write_bytes(content)
    (found,) = imported(papers, snapshot.root, "works")
    assert (found.parts_skipped, found.seen) == (1, len(WORKS) - 3 + 1)
    assert "W101" in work_ids(papers)


def test_a_part_in_parquet_gives_the_same_rows(papers, snapshot, tmp_path_factory):
    things = [dict(item, abstract_inverted_index={"Engines": [0, 2], "weave": [1]}) for item in WORKS if "id" in item]
    snapshot.part("works", json_lines(things + STRANGERS))
    imported(papers, snapshot.root, "works")
    other = Bench(tmp_path_factory.mktemp("parquet"))
    other.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    other.read()
    packed = Snapshot(other.folder / "data" / "parquet")
    file = packed.file("works/updated_date=2026-01-01/part_0000.parquet", b"")
    as_text = [
        dict(item, abstract_inverted_index=json.dumps(item.get("abstract_inverted_index")))
        for item in things + STRANGERS
    ]
    columns = sorted(set().union(*as_text))
    pq.write_table(pa.table({name: [item.get(name) for item in as_text] for name in columns}), file)
    imported(other, other.folder, "works")
    sql = "SELECT * EXCLUDE (page_id, fetched_at) FROM staging.openalex_works ORDER BY 1"
    assert papers.rows(sql) == other.rows(sql) != []


def test_a_map_in_parquet_is_an_object(bench, snapshot):
    rows = [
        {
            "id": "https://openalex.org/W1",
            "display_name": "A title",
            "abstract_inverted_index": [("weave", [1]), ("Engines", [0])],
        }
    ]
    schema = pa.schema(
        {
            "id": pa.string(),
            "display_name": pa.string(),
            "abstract_inverted_index": pa.map_(pa.string(), pa.list_(pa.int64())),
        }
    )
    pq.write_table(pa.Table.from_pylist(rows, schema), snapshot.file("works/updated_date=x/part_0.parquet", b""))
    imported(bench, snapshot.root, "works", everything=True)
    assert bench.rows("SELECT abstract FROM staging.openalex_works") == [("Engines weave",)]


def test_an_abstract_that_openalex_cut_in_parquet_is_null_as_in_the_other_form(papers, snapshot):
    row = {
        "id": "https://openalex.org/W1",
        "display_name": "A title",
        "abstract_inverted_index": '{"see": [0], "[12]}',
        "locations": [{"native_id": "oai:arXiv.org:2103.00001"}],
        "updated_date": datetime(2026, 6, 24, tzinfo=UTC),
    }
    pq.write_table(pa.Table.from_pylist([row]), snapshot.file("works/updated_date=x/part_0000.parquet", b""))
    imported(papers, snapshot.root, "works")
    rows = papers.rows("SELECT abstract, arxiv_id, updated_at::DATE::VARCHAR FROM staging.openalex_works")
    assert rows == [(None, "2103.00001", "2026-06-24")]


def test_records_that_break_rules_are_kept_as_rejects(papers, snapshot):
    snapshot.part("works", json_lines(WORKS[:1]) + BROKEN)
    (found,) = imported(papers, snapshot.root, "works")
    assert found.received == 2
    assert papers.rows(
        "SELECT received, accepted, rejected FROM staging.page_loads WHERE source = 'openalex_works'"
    ) == [(2, 1, 1)]


def manifest(*entries):
    return json.dumps(
        {"entries": [{"url": f"s3://openalex/data/{name}", "meta": meta} for name, meta in entries]}
    ).encode()


def test_a_manifest_says_which_parts_there_are(papers, snapshot):
    size = snapshot.part("works", json_lines(WORKS[:1])).stat().st_size
    snapshot.part("works", json_lines(WORKS[1:2]), number=1)
    snapshot.file("works/manifest", manifest(("works/updated_date=2026-01-01/part_0000.gz", {"content_length": size})))
    imported(papers, snapshot.root, "works")
    assert work_ids(papers) == ["W101"]


@pytest.mark.parametrize("name", ["manifest.json", "works/manifest"])
@pytest.mark.parametrize(
    ("part", "meta", "sentence"),
    [
        ("part_0009.gz", {}, r"part_0009\.gz is in the manifest of .* but not in the folder: download it"),
        ("part_0000.gz", {"content_length": 7}, r"part_0000\.gz has [0-9,]+ bytes where the manifest says 7: download"),
    ],
    ids=["missing", "short"],
)
def test_a_part_that_is_not_what_the_manifest_says_is_named(snapshot, name, part, meta, sentence):
    snapshot.part("works", json_lines(WORKS))
    snapshot.file(name, manifest((f"works/updated_date=2026-01-01/{part}", meta)))
    with pytest.raises(ImportFileError, match=sentence):
        snapshot_parts(snapshot.root)


@pytest.mark.parametrize(("folder", "sentence"), [("none", "is no OpenAlex snapshot"), ("works", "holds no part")])
def test_a_folder_without_a_snapshot_is_named(snapshot, folder, sentence):
    (snapshot.root / "works").mkdir(parents=True)
    with pytest.raises(ImportFileError, match=sentence):
        snapshot_parts(snapshot.root / folder)


def test_one_file_of_works_is_a_snapshot_too(papers, snapshot):
    imported(papers, snapshot.file("works.jsonl.gz", gzip.compress(json_lines(WORKS))), "works")
    assert "W101" in work_ids(papers)


def test_records_that_the_snapshot_says_are_gone_go(papers, snapshot):
    whole(snapshot)
    imported(papers, snapshot.root)
    assert {"W101", "W102"} <= set(work_ids(papers))
    snapshot.file("works/deleted_ids.csv", b"id,deleted_date\nhttps://openalex.org/W101,2026-02-02\nW555,2026-02-02\n")
    merged = b"merge_date,id,merge_into_id\n2026-02-02,W102,W101\n"
    snapshot.file("merged_ids/works/2026-02-02.csv.gz", gzip.compress(merged))
    (found,) = imported(papers, snapshot.root, "works")
    assert found.gone == 2
    assert not {"W101", "W102"} & set(work_ids(papers))
    assert imported(papers, snapshot.root, "works")[0].gone == 0


def test_a_row_that_names_nobody_gone_is_rejected_and_the_others_hold(papers, snapshot):
    whole(snapshot)
    imported(papers, snapshot.root)
    snapshot.file("works/deleted_ids.csv", b'id,deleted_date\n"W999\nnobody,2026-02-02\n\n\xff\nW101,2026-02-02\n')
    assert imported(papers, snapshot.root, "works")[0].gone == 1
    assert "W101" not in work_ids(papers)
    rejected = papers.rows("SELECT record_id, rule FROM staging.rejected WHERE source = 'openalex_gone' ORDER BY ALL")
    assert [record_id for record_id, _ in rejected] == ["nobody,2026-02-02", "\ufffd"]


def test_a_list_of_gone_works_as_openalex_writes_it_leaves_out_what_an_older_part_still_has(papers, snapshot):
    whole(snapshot)
    snapshot.file(
        "works/deleted_ids.csv.gz", gzip.compress(b"work_id,deleted_date\nhttps://openalex.org/W101,2026-08-14\n")
    )
    for _ in range(2):
        imported(papers, snapshot.root, "works")
        assert "W101" not in work_ids(papers)
        assert "W102" in work_ids(papers)
    assert papers.rows("SELECT * FROM staging.rejected WHERE source = 'openalex_gone'") == []


def test_a_list_of_gone_works_that_is_none_is_named(papers, snapshot, monkeypatch):
    monkeypatch.setattr("pipeline.snapshots.gone.MOST_UNREAD", 2)
    whole(snapshot)
    snapshot.file("works/deleted_ids.csv", b"<html>\n<body>\n<p>\n")
    with pytest.raises(ImportFileError, match=r"deleted_ids\.csv is no list of ids of works: download it again"):
        imported(papers, snapshot.root, "works")


@pytest.mark.parametrize("text", [b"[1, 2]", b'{"entries": "none"}', b'{"entries": [{"url": 5}]}'])
def test_a_manifest_without_the_parts_beside_it_is_no_manifest(snapshot, text):
    snapshot.part("works", json_lines(WORKS))
    snapshot.file("works/manifest", text)
    with pytest.raises(ImportFileError, match="manifest names none of the parts beside it: download it again"):
        snapshot_parts(snapshot.root)


def test_a_long_import_tells_how_far_it_is(bench, tmp_path):
    path = tmp_path / "arxiv.jsonl"
    path.write_bytes(json_lines(PAPERS))
    told = []
    with watched(lambda *said: told.append(said)):
        importing.land_file(path, bench.landing, Source.ARXIV_SNAPSHOT)
        bench.read()
    assert told == [
        ("Landing arxiv.jsonl", path.stat().st_size, path.stat().st_size),
        ("Reading pages into staging", 1, 1),
    ]


def test_landing_a_file_again_says_that_nothing_is_new(bench, tmp_path):
    path = tmp_path / "arxiv.jsonl"
    path.write_bytes(json_lines(PAPERS))
    first, again = (importing.land_file(path, bench.landing, Source.ARXIV_SNAPSHOT) for _ in range(2))
    assert (first, again) == (importing.Imported(1, 10, 1), importing.Imported(1, 10, 0))


def test_authors_that_works_name_are_wanted(papers, snapshot):
    item = work(101, "A title", [authorship("Ada Byron") | {"author": {"id": "https://openalex.org/A5000000009"}}])
    snapshot.part("works", json_lines([item | {"doi": "https://doi.org/10.48550/arXiv.2103.00001"}]))
    profile = {"id": "https://openalex.org/A5000000009", "display_name": "Ada Byron"}
    snapshot.part("authors", json_lines([profile, profile | {"id": "https://openalex.org/A5000000008"}]))
    imported(papers, snapshot.root)
    assert papers.rows("SELECT openalex_author_id FROM staging.openalex_authors") == [("A5000000009",)]
