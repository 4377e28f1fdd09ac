"""Faults on purpose: how plans are read, that they are deterministic, what clients meet."""

import contextlib
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import arxiv
import pyalex
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from oaipmh_scythe import Scythe
from oaipmh_scythe.config import RetryConfig

from pipeline.replica import FaultPlan, FaultSpecError, PageSizes, ReplicaUrls, running
from pipeline.replica.faults import Api, Fault, FaultInjector, Plan

from .replica_records import NOW, atom_client, snapshot_line, work, write

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
LIST = {"verb": "ListRecords", "metadataPrefix": "arXivRaw"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [
        snapshot_line(f"2002.{number:05d}", versions=[{"created": "Mon, 10 Feb 2020 09:30:00 GMT"}] * (number % 3 + 1))
        for number in range(1, 31)
    ]
    write(tmp_path, "arxiv.jsonl", lines)
    return write(tmp_path, "openalex_works.jsonl", [work(number) for number in range(1, 31)])


@contextlib.contextmanager
def faulty(folder: Path, spec: str) -> Iterator[ReplicaUrls]:
    with running(folder, faults=FaultPlan.parse(spec), pages=PageSizes(10, 10), clock=lambda: NOW) as urls:
        yield urls


def atom(urls: ReplicaUrls, **parameters: str) -> requests.Response:
    return requests.get(urls.arxiv, params={"search_query": "cat:cs.LG", **parameters}, timeout=5)


def test_a_plan_is_read_from_its_text() -> None:
    plan = FaultPlan.parse(
        "html200=0.02, truncated=0.02,error_entry=0.01,empty_page=0.02,429=0.05,503=0.02,stall=0.01,"
        "reset=0.01,duplicate=0.01,stale=0.01,bomb=0.01,budget_after=5,plan=free,retry_after=3,times=1,seed=7,"
        "api=arxiv|oai"
    )
    assert plan.rates[Fault.TOO_MANY] == 0.05
    assert len(plan.rates) == len(Fault)
    assert (plan.budget_after, plan.plan, plan.retry_after, plan.times, plan.seed) == (5, Plan.FREE, 3, 1, 7)
    assert plan.apis == {Api.ATOM, Api.OAI}
    assert FaultPlan.parse("") == FaultPlan()
    assert FaultPlan.parse("times=always").times is None


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("html200", "The fault 'html200' has no value; write it as name=value, for example 429=0.05."),
        ("html200=2", "The rate of html200 is '2'; give a share of requests from 0 to 1."),
        ("html200=nan", "The rate of html200 is 'nan'; give a share of requests from 0 to 1."),
        ("429=often", "The rate of 429 is 'often'; give a share of requests from 0 to 1."),
        ("seed=-1", "seed is '-1'; give a whole number, 0 or more."),
        ("plan=gold", "There is no plan 'gold'; plans are anonymous, free, member, member_plus."),
        ("api=pubmed", "There is no API 'pubmed'; write one or more of arxiv, oai, openalex joined by |."),
        ("429=0.6,503=0.6", "The fault rates that apply to arxiv add up to 1.2; make them 1 or less."),
    ],
)
def test_a_wrong_plan_gets_one_sentence(spec: str, message: str) -> None:
    with pytest.raises(FaultSpecError) as caught:
        FaultPlan.parse(spec)
    assert str(caught.value) == message


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        FaultSpecError, match=r"^There is no fault or setting 'colour'; the replica knows 429, 503, bomb"
    ):
        FaultPlan.parse("colour=1")


@given(st.integers(0, 2**32), st.lists(st.text(max_size=8), min_size=1, max_size=30))
def test_what_a_request_meets_depends_on_it_and_not_on_the_others(seed: int, requested: list[str]) -> None:
    plan = FaultPlan.parse(f"429=0.3,503=0.3,times=always,seed={seed}")

    def met(order: list[str]) -> dict[str, list[Fault | None]]:
        injector = FaultInjector(plan)
        found: dict[str, list[Fault | None]] = {}
        for request in order:
            found.setdefault(request, []).append(injector.next(Api.OAI, request))
        return found

    assert met(requested) == met(requested[::-1]) == met(sorted(requested))


def test_rates_are_kept_and_times_bounds_them() -> None:
    injector = FaultInjector(FaultPlan.parse("429=0.1,bomb=0.2,seed=3"))
    drawn = Counter(injector.next(Api.ATOM, f"/query?{number}") for number in range(10_000))
    assert 850 < drawn[Fault.TOO_MANY] < 1150
    assert 1850 < drawn[Fault.BOMB] < 2150
    always = FaultInjector(FaultPlan.parse("429=1,times=3"))
    assert [always.next(Api.OAI, "/oai") for _ in range(5)] == [Fault.TOO_MANY] * 3 + [None] * 2


def test_faults_that_an_api_cannot_show_are_not_drawn_there() -> None:
    plan = FaultPlan.parse("error_entry=1")
    assert plan.drawn(Api.ATOM, "x", 0) is Fault.ERROR_ENTRY
    assert plan.drawn(Api.OPENALEX, "x", 0) is plan.drawn(Api.OAI, "x", 0) is None
    assert FaultPlan.parse("429=1,api=oai").drawn(Api.ATOM, "x", 0) is None


def test_another_seed_meets_other_faults() -> None:
    def drawn(seed: int) -> list[Fault | None]:
        return [FaultPlan.parse(f"429=0.5,seed={seed}").drawn(Api.OAI, str(number), 0) for number in range(50)]

    assert drawn(1) == drawn(1) != drawn(2)


@pytest.mark.parametrize("fault", ["html200", "error_entry", "empty_page"])
def test_the_silent_losses_of_the_arxiv_client(folder: Path, fault: str) -> None:
    """With status 200 and nothing to read the unmodified client sees no results and no error."""
    with faulty(folder, f"{fault}=1,times=1") as urls:
        client = atom_client(urls)
        search = arxiv.Search("cat:cs.LG", max_results=None)
        assert list(client.results(search)) == []
        assert len(list(client.results(search))) == 30


def test_an_empty_page_still_tells_the_total(folder: Path) -> None:
    with faulty(folder, "empty_page=1,times=1") as urls:
        feed = etree.fromstring(atom(urls).content)
        assert feed.find(f"{ATOM}entry") is None
        assert feed.findtext(f"{OPENSEARCH}totalResults") == "30"
        body = requests.get(f"{urls.openalex}/works", timeout=5).json()
        assert (body["results"], body["meta"]["count"]) == ([], 30)
        assert etree.fromstring(requests.get(urls.oai, LIST, timeout=5).content).find(f".//{OAI}record") is None


def test_html_and_truncation_come_with_status_200(folder: Path) -> None:
    for fault in ("html200", "truncated"):
        with faulty(folder, f"{fault}=1,times=1") as urls:
            for url in (
                f"{urls.arxiv}?search_query=all:a",
                f"{urls.oai}?verb=Identify",
                f"{urls.openalex}/works/W1",
            ):
                broken, whole = requests.get(url, timeout=5), requests.get(url, timeout=5)
                assert broken.status_code == whole.status_code == 200
                if fault == "html200":
                    assert broken.headers["content-type"].startswith("text/html")
                else:
                    assert whole.content.startswith(broken.content)
                    assert len(broken.content) < len(whole.content)
                    assert broken.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("503", 503)])
def test_busy_answers_say_when_to_come_back(folder: Path, fault: str, status: int) -> None:
    with faulty(folder, f"{fault}=1,times=1,retry_after=7") as urls:
        for url in (f"{urls.arxiv}?search_query=a", f"{urls.oai}?verb=Identify", f"{urls.openalex}/works"):
            response = requests.get(url, timeout=5)
            assert (response.status_code, response.headers["Retry-After"]) == (status, "7")
            assert requests.get(url, timeout=5).status_code == 200


def test_a_burst_is_not_a_spent_budget(folder: Path) -> None:
    with faulty(folder, "429=1,times=1") as urls:
        response = requests.get(f"{urls.openalex}/works", timeout=5)
        assert response.json()["message"] == "Rate limit exceeded: 100 requests per second. Please slow down."
        assert int(response.headers["X-RateLimit-Remaining"]) > 0


def test_a_stalled_socket_never_answers(folder: Path) -> None:
    with faulty(folder, "stall=1,times=1") as urls:
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.get(f"{urls.openalex}/works", timeout=0.3)
        assert requests.get(f"{urls.openalex}/works", timeout=5).status_code == 200


def test_a_server_with_a_stalled_socket_still_stops(folder: Path) -> None:
    with faulty(folder, "stall=1,times=always") as urls:
        port = int(urls.openalex.rpartition(":")[2])
        hanging = socket.create_connection(("127.0.0.1", port))
        hanging.sendall(b"GET /works HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        began = time.monotonic()
    assert time.monotonic() - began < 4
    hanging.close()


def test_a_reset_connection_is_a_connection_error(folder: Path) -> None:
    with faulty(folder, "reset=1,times=1") as urls:
        with pytest.raises(requests.exceptions.ConnectionError, match="reset"):
            requests.get(f"{urls.openalex}/works", timeout=5)
        assert requests.get(f"{urls.openalex}/works", timeout=5).status_code == 200


def test_a_bomb_is_small_and_parsers_with_limits_refuse_it(folder: Path) -> None:
    with faulty(folder, "bomb=1,times=1") as urls:
        for content in (atom(urls).content, requests.get(urls.oai, LIST, timeout=5).content):
            assert len(content) < 100_000
            assert b"<!ENTITY b9" in content
            assert content.count(b"title>&b9;</") == 1
            with pytest.raises(etree.XMLSyntaxError, match="amplification"):
                etree.fromstring(content)


def test_a_duplicate_is_the_first_record_again(folder: Path) -> None:
    with faulty(folder, "duplicate=1,times=1") as urls:
        found = [item["id"] for item in requests.get(f"{urls.openalex}/works", timeout=5).json()["results"]]
        assert found[-1] == found[0]
        assert len(found) == len(set(found)) + 1
        entries = [entry.text for entry in etree.fromstring(atom(urls).content).findall(f"{ATOM}entry/{ATOM}id")]
        assert entries[-1] == entries[0]
        records = etree.fromstring(requests.get(urls.oai, LIST, timeout=5).content)
        identifiers = [found.text for found in records.iter(f"{OAI}identifier")]
        assert identifiers[-1] == identifiers[0]


def test_a_stale_record_is_an_older_version_after_the_newer(folder: Path) -> None:
    with faulty(folder, "stale=1,times=1") as urls:
        results = requests.get(f"{urls.openalex}/works", timeout=5).json()["results"]
        assert results[-1]["id"] == results[0]["id"]
        assert results[-1]["updated_date"] < results[0]["updated_date"]
        entries = [entry.text for entry in etree.fromstring(atom(urls).content).findall(f"{ATOM}entry/{ATOM}id")]
        older = str(entries[-1])
        assert older.endswith("v2")
        assert older.removesuffix("v2") + "v3" in entries
        records = etree.fromstring(requests.get(urls.oai, LIST, timeout=5).content).findall(f".//{OAI}record")
        counts = [len(list(record.iter("{http://arxiv.org/OAI/arXivRaw/}version"))) for record in records]
        assert counts[-1] == max(counts) - 1 == 2


def test_clients_that_retry_get_everything_in_the_end(folder: Path, openalex: Callable[[ReplicaUrls], None]) -> None:
    with faulty(folder, "429=0.3,503=0.3,seed=5,retry_after=0,times=1") as urls:
        client = atom_client(urls, page_size=5)
        client.num_retries = 3
        assert len(list(client.results(arxiv.Search("cat:cs.LG", max_results=None)))) == 30
        retries = RetryConfig(max_retries=3, retry_status_codes=(429, 503), default_retry_after=1)
        with Scythe(urls.oai, retry_config=retries) as scythe:
            assert len(list(scythe.list_records(metadata_prefix="arXiv"))) == 30
        openalex(urls)
        statuses = []
        for _ in range(3):
            with contextlib.suppress(requests.HTTPError):
                statuses.append(len(pyalex.Works().get(per_page=200)))
        assert statuses[-1:] == [30]


def test_the_same_requests_meet_the_same_faults_in_another_run(folder: Path) -> None:
    def statuses() -> list[int]:
        with faulty(folder, "429=0.3,503=0.3,seed=11") as urls:
            return [atom(urls, start=str(number)).status_code for number in range(12)]

    first = statuses()
    assert first == statuses()
    assert set(first) == {200, 429, 503}


def test_credentials_do_not_change_what_is_the_same_request(folder: Path) -> None:
    with faulty(folder, "429=1,times=1") as urls:
        codes = [
            requests.get(f"{urls.openalex}/works?per_page=5&api_key={key}", timeout=5).status_code for key in "abc"
        ]
    assert codes == [429, 200, 200]
