"""The three clients against the local server of all three APIs, well behaved and not."""

import gzip
import json
from collections import Counter
from datetime import date

import pytest

from pipeline.replica import FaultPlan, PageSizes, running
from pipeline.sources.arxiv import ArxivSource
from pipeline.sources.errors import BudgetSpentError, SourceError
from pipeline.sources.http import HttpPolicy
from pipeline.sources.landing import Landing
from pipeline.sources.oai import OaiSource
from pipeline.sources.openalex import OpenAlexSource
from pipeline.sources.parsing import parse_page

POLICY = HttpPolicy(tries=6, backoff_seconds=0.0, read_timeout_seconds=1.0)


@pytest.fixture(scope="module")
def data(tmp_path_factory, shared_data):
    folder = tmp_path_factory.mktemp("replica")
    lines = (shared_data / "data/arxiv/kaggle_lines.jsonl").read_bytes()
    (folder / "arxiv.jsonl").write_bytes(lines)
    works = gzip.decompress((shared_data / "data/openalex/works_current_schema.jsonl.gz").read_bytes())
    kept = [line for line in works.splitlines() if b"arxiv" in line.lower() and json.loads(line)["display_name"]]
    (folder / "openalex_works.jsonl").write_bytes(b"\n".join(kept) + b"\n")
    return folder


@pytest.fixture(scope="module")
def lines(data):
    return {line["id"]: line for line in map(json.loads, (data / "arxiv.jsonl").read_bytes().splitlines())}


def records(pages):
    parsed = [(page, parse_page(page.source, page.body)) for page in pages]
    assert all(page.received == read.received for page, read in parsed)
    assert [reject for _, read in parsed for reject in read.rejects] == []
    return [record for _, read in parsed for record in read.records]


def test_the_api_gives_every_paper_of_its_days(data, lines, tmp_path):
    days = (date(2007, 3, 31), date(2007, 4, 2))
    with running(data) as urls:
        got = records(ArxivSource(tmp_path, url=urls.arxiv, policy=POLICY, page_size=40).fetch(*days))
    expected = {
        identifier
        for identifier, line in lines.items()
        if any(
            f"{day} {month} 2007" in line["versions"][0]["created"]
            for day, month in ((31, "Mar"), (1, "Apr"), (2, "Apr"))
        )
    }
    assert expected <= {record.arxiv_id for record in got}
    assert len(expected) > 50


@pytest.mark.parametrize("root_only", [False, True])
def test_all_doors_give_the_papers_of_the_snapshot(data, lines, tmp_path, root_only):
    snapshot = {
        record.arxiv_id: record for record in parse_page("arxiv_snapshot", (data / "arxiv.jsonl").read_bytes()).records
    }
    with running(data, pages=PageSizes(records=50)) as urls:
        root = urls.openalex
        arxiv_url, oai_url = (root, root) if root_only else (urls.arxiv, urls.oai)
        atom = records(ArxivSource(tmp_path, url=arxiv_url, policy=POLICY).by_ids(lines))
        changed = Counter(line["update_date"] for line in lines.values())
        day = date.fromisoformat(changed.most_common(1)[0][0])
        raw = records(OaiSource(tmp_path, url=oai_url, policy=POLICY).fetch(day, day))
        split = records(OaiSource(tmp_path, url=oai_url, policy=POLICY).fetch(day, day, "arXiv"))
    assert {record.arxiv_id for record in atom} == set(snapshot)
    assert len(raw) == len(split) == changed[day.isoformat()]
    shared = ("title", "abstract", "comments", "journal_ref", "doi", "categories", "primary_category")
    for door in (atom, raw, split):
        for record in door:
            original = snapshot[record.arxiv_id]
            assert {field: getattr(record, field) for field in shared} == {
                field: getattr(original, field) for field in shared
            }
    for record in [*atom, *raw]:
        original = snapshot[record.arxiv_id]
        assert record.version == original.version
        assert record.first_submitted_at == original.first_submitted_at
        assert record.last_updated_at == original.last_updated_at


def test_openalex_gives_works_by_every_route(data, tmp_path):
    with running(data) as urls:
        source = OpenAlexSource(tmp_path, url=urls.openalex, policy=POLICY)
        window = records(source.works_in_window(date(1990, 1, 1), date(2026, 1, 1)))
        by_doi = records(source.works_by_doi(["https://doi.org/10.1038/NATURE04235", "10.48550/arXiv.1201.0490"]))
        by_id = records(source.works(["W2101234009"]))
        by_arxiv = records(source.works_by_arxiv_id(["1201.0490", "cond-mat/0410550", "2101.00001"]))
    assert len({work.id for work in window}) == 71
    assert {work.id for work in by_doi} == {"W2118492507", "W2101234009"}
    assert [work.id for work in by_id] == ["W2101234009"]
    assert {work.arxiv_id for work in by_arxiv} == {"1201.0490", "cond-mat/0410550"}


FAULTS = "html200=0.15,truncated=0.15,empty_page=0.1,error_entry=0.1,bomb=0.1,duplicate=0.2,reset=0.1,stale=0.1,times=1"


@pytest.mark.parametrize("seed", range(3))
def test_faults_that_pass_lose_nothing_and_double_nothing(data, lines, tmp_path, seed):
    landing = Landing(tmp_path / "raw")
    with running(data, faults=FaultPlan.parse(f"{FAULTS},seed={seed}"), pages=PageSizes(records=20)) as urls:
        arxiv = ArxivSource(tmp_path, url=urls.arxiv, policy=POLICY, page_size=30, refuse=landing.refuse)
        atom = records(arxiv.by_ids(lines))
        oai = OaiSource(tmp_path, url=urls.oai, policy=POLICY, refuse=landing.refuse)
        days = sorted({line["update_date"] for line in lines.values()})[:10]
        raw = [record for day in days for record in records(oai.fetch(*(date.fromisoformat(day),) * 2))]
        openalex = OpenAlexSource(tmp_path, url=urls.openalex, policy=POLICY, refuse=landing.refuse)
        works = records(openalex.works_in_window(date(1990, 1, 1), date(2026, 1, 1)))
    assert {record.arxiv_id for record in atom} == set(lines)
    assert {record.arxiv_id for record in raw} == {
        identifier for identifier, line in lines.items() if line["update_date"] in days
    }
    assert len({work.id for work in works}) == 71
    assert {page.source for page in landing.refused()} >= {"arxiv_atom", "arxiv_oai"}


@pytest.mark.parametrize("fault", ["html200", "truncated", "empty_page", "stall"])
def test_faults_that_stay_are_errors_at_every_door(data, tmp_path, fault):
    policy = HttpPolicy(tries=2, backoff_seconds=0.0, read_timeout_seconds=0.3)
    day = date(2007, 5, 23)
    with running(data, faults=FaultPlan.parse(f"{fault}=1,times=always")) as urls:
        with pytest.raises(SourceError):
            list(ArxivSource(tmp_path, url=urls.arxiv, policy=policy).fetch(date(2007, 4, 1), date(2007, 4, 2)))
        with pytest.raises(SourceError):
            list(OaiSource(tmp_path, url=urls.oai, policy=policy).fetch(day, day))
        with pytest.raises(SourceError):
            list(OpenAlexSource(tmp_path, url=urls.openalex, policy=policy).works(["W2101234009"]))


def test_busy_answers_are_waited_out(data, tmp_path, slept):
    with running(data, faults=FaultPlan.parse("429=0.5,503=0.5,times=2,retry_after=1")) as urls:
        found = records(OpenAlexSource(tmp_path, url=urls.openalex, policy=POLICY).works(["W2101234009"]))
    assert [work.id for work in found] == ["W2101234009"]
    assert slept.count(1.0) >= 1


def test_a_spent_day_is_told_at_once(data, tmp_path):
    with running(data, faults=FaultPlan.parse("budget_after=0,times=always")) as urls:
        source = OpenAlexSource(tmp_path, url=urls.openalex, policy=POLICY)
        with pytest.raises(BudgetSpentError, match="renews at midnight UTC"):
            list(source.works(["W2101234009"]))
