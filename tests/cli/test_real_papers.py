"""A month of real papers, fetched from the replica by the command: every one of them is loaded."""

import gzip
import json
import shutil
from datetime import date

import duckdb
import pytest

from pipeline.names import parse_name
from pipeline.replica import running
from pipeline.sources.openalex import ARXIV_SOURCE
from pipeline.sources.parsing import parse_works

from .conftest import Shell

pytestmark = pytest.mark.slow

LINES = 300
FIRST, LAST = "2025-05-01", "2025-05-31"


def submitted(paper):
    return paper["submitted_date"] or paper["announced_first"]


def snapshot_line(paper):
    """A flat record as the snapshot writes it; days stand for moments."""
    names = [parse_name(name) for name in paper["authors"]]
    last = max(submitted(paper), paper["updated_date"] or paper["announced_last"] or "")
    days = sorted({submitted(paper), last})
    return {
        "id": paper["arxiv_id"],
        "title": paper["title"],
        "abstract": paper["abstract"],
        "authors": ", ".join(paper["authors"]),
        "authors_parsed": [[name.family or name.raw, name.given or "", name.suffix or ""] for name in names],
        "categories": " ".join(paper["categories"]),
        "comments": paper["comments"],
        "journal-ref": paper["journal_ref"],
        "doi": paper["doi"],
        "versions": [
            {"version": f"v{number}", "created": f"{date.fromisoformat(day):%a, %d %b %Y} 00:00:00 GMT"}
            for number, day in enumerate(days, start=1)
        ],
        "update_date": last,
    }


@pytest.fixture(scope="module")
def papers(shared_data):
    """The papers of the days around the month, the month among them."""
    lines = (shared_data / "data/arxiv/knowledge_distillation.jsonl").read_text(encoding="utf-8").splitlines()
    by_day = sorted(map(json.loads, lines), key=lambda paper: (submitted(paper), paper["arxiv_id"]))
    before = [paper for paper in by_day if submitted(paper) < FIRST][-100:]
    return before + [paper for paper in by_day if submitted(paper) >= FIRST][: LINES - len(before)]


@pytest.fixture(scope="module")
def month(papers, shared_data, tmp_path_factory, module_patch):
    folder = tmp_path_factory.mktemp("real")
    (folder / "arxiv.jsonl").write_text("".join(json.dumps(snapshot_line(paper)) + "\n" for paper in papers))
    for kind, name in (("works", "works_current_schema"), ("authors", "authors"), ("institutions", "institutions")):
        shutil.copy(shared_data / f"data/openalex/{name}.jsonl.gz", folder / f"openalex_{kind}.jsonl.gz")
    shell = Shell(folder / "data", module_patch)
    with running(folder) as urls:
        shell.set(PIPELINE_ARXIV_URL=urls.arxiv, PIPELINE_OAI_URL=urls.oai, PIPELINE_OPENALEX_URL=urls.openalex)
        said = shell("backfill", "--from", FIRST, "--to", LAST)
    assert (said.code, said.err) == (0, "")
    with duckdb.connect(str(shell.data / "warehouse.duckdb"), read_only=True) as con:
        yield said, con


def test_every_paper_of_the_month_is_loaded_and_no_other(papers, month):
    said, con = month
    wanted = {paper["arxiv_id"]: paper for paper in papers if FIRST <= submitted(paper) <= LAST}
    loaded, changed = (
        {
            row[0]
            for row in con.execute("SELECT arxiv_id FROM staging.arxiv_records WHERE source = ?", [door]).fetchall()
        }
        for door in ("arxiv_atom", "arxiv_oai")
    )
    assert len(wanted) > 40
    # The query begins a minute early; the days stand at midnight, so nothing more comes.
    assert loaded == set(wanted)
    assert changed == {paper["arxiv_id"] for paper in papers if FIRST <= snapshot_line(paper)["update_date"] <= LAST}
    assert f"{len(wanted)} arXiv papers received on " in said.out
    assert con.execute("SELECT sum(received - accepted - rejected) FROM staging.page_loads").fetchall() == [(0,)]


def test_every_printed_name_is_a_mention_with_an_author(papers, month):
    _, con = month
    wanted = {paper["arxiv_id"]: paper["authors"] for paper in papers if FIRST <= submitted(paper) <= LAST}
    counted = dict(
        con.execute(
            "SELECT arxiv_id, count(author_id) FROM staging.works INNER JOIN staging.mentions USING (work_id)"
            " INNER JOIN resolved.author_mentions USING (mention_id) WHERE arxiv_id IS NOT NULL GROUP BY 1"
        ).fetchall()
    )
    assert {key: counted[key] for key in wanted} == {key: len(names) for key, names in wanted.items()}


def test_the_works_openalex_has_of_the_month_are_loaded(month, shared_data):
    _, con = month
    packed = (shared_data / "data/openalex/works_current_schema.jsonl.gz").read_bytes()
    wanted = {
        work.id
        for work in parse_works(gzip.decompress(packed)).records
        if work.publication_date
        and FIRST <= work.publication_date.isoformat() <= LAST
        and any(place.source and place.source.id == ARXIV_SOURCE for place in work.locations)
    }
    loaded = {row[0] for row in con.execute("SELECT openalex_id FROM staging.openalex_works").fetchall()}
    assert wanted <= loaded


def test_the_marts_answer(month):
    _, con = month
    papers, authors, links = con.execute(
        "SELECT (SELECT count(*) FROM marts.papers), (SELECT count(*) FROM marts.authors), count(*)"
        " FROM marts.author_works"
    ).fetchall()[0]
    assert papers == con.execute("SELECT count(*) FROM staging.works").fetchall()[0][0]
    assert 0 < authors <= links
