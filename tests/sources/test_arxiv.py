"""The arXiv API door: each silent loss of the `arxiv` client is found, asked again, then an error."""

import time
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import arxiv
import pytest

from pipeline.sources.arxiv import ArxivSource
from pipeline.sources.errors import (
    BadPageError,
    HttpStatusError,
    IncompleteWindowError,
    QueryRefusedError,
    RetryAfterError,
    UnreachableError,
)
from pipeline.sources.landing import Landing
from pipeline.sources.parsing import parse_page

DAY = date(2020, 2, 10)
HTML = b"<!DOCTYPE html><html><body>arXiv is down for maintenance</body></html>"


def feed(identifiers, total=None, extra=""):
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{identifier}v1</id><title>T {identifier}</title>"
        "<updated>2020-02-10T03:59:14Z</updated><published>2020-02-10T03:59:14Z</published>"
        '<summary>S</summary><category term="cs.LG"/><arxiv:primary_category term="cs.LG"/>'
        "<author><name>Ann Author</name></author></entry>"
        for identifier in identifiers
    )
    total = len(identifiers) if total is None else total
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
        ' xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
        f"<opensearch:totalResults>{total}</opensearch:totalResults>{entries}{extra}</feed>"
    ).encode()


ERROR = (
    "<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><updated>2020-02-10T00:00:00Z</updated>"
    "<summary>incorrect id format for abc</summary><author><name>arXiv api core</name></author></entry>"
)
IDS = [f"2002.{number:05}" for number in range(1, 8)]
GOOD = feed(IDS[:3])


@pytest.fixture
def source_for(tmp_path, policy):
    def make(url, **kwargs):
        refused = Landing(tmp_path / "raw")
        return ArxivSource(tmp_path, url=url, policy=kwargs.pop("policy", policy), refuse=refused.refuse, **kwargs)

    return make


def papers(pages):
    return sorted(record.arxiv_id for page in pages for record in parse_page(page.source, page.body).records)


SILENT_LOSSES = {
    "html with status 200": (HTML, "HTML page"),
    "a feed cut off": (GOOD[: len(GOOD) // 2], "not well-formed XML"),
    "an error entry": (feed([], 1, ERROR), "error entry .incorrect id format for abc"),
    "an error entry among papers": (feed(IDS[:2], 3, ERROR), "error entry"),
    "an empty first page": (feed([], 3), "empty at offset 0 of 3"),
    "nothing at all": (b"", "not well-formed XML"),
    "a feed without a total": (GOOD.replace(b"totalResults", b"results"), "does not say how many"),
    "an entity bomb": (
        GOOD.replace(b"<feed", b'<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feed', 1),
        "document type",
    ),
}


@pytest.mark.parametrize(("body", "reason"), SILENT_LOSSES.values(), ids=SILENT_LOSSES)
def test_a_silent_loss_is_an_error_with_the_page_kept(scripted, source_for, tmp_path, body, reason):
    server = scripted(body)
    with pytest.raises(BadPageError, match=reason) as caught:
        list(source_for(server.url).fetch(DAY, DAY))
    assert caught.value.page.body == body
    assert len(server.requests) == 3
    landing = Landing(tmp_path / "raw")
    (kept,) = landing.refused()
    assert landing.read(kept) == body
    assert kept.reason


@pytest.mark.parametrize("name", ["html with status 200", "an error entry", "an empty first page", "nothing at all"])
def test_the_client_alone_calls_it_no_result(scripted, name):
    """Why this door is needed: the client as it is ends each of these with neither exception nor paper."""
    server = scripted(SILENT_LOSSES[name][0])
    client = arxiv.Client(delay_seconds=0, num_retries=0)
    client.query_url_format = server.url + "/api/query?{}"
    assert list(client.results(arxiv.Search("all:x", max_results=None))) == []


@pytest.mark.parametrize(("body", "_reason"), SILENT_LOSSES.values(), ids=SILENT_LOSSES)
def test_a_silent_loss_that_passes_costs_nothing(scripted, source_for, body, _reason):
    server = scripted(body, GOOD)
    assert papers(source_for(server.url).fetch(DAY, DAY)) == IDS[:3]
    assert len(server.requests) == 2


def test_a_page_keeps_what_was_asked(scripted, source_for):
    server = scripted(GOOD)
    (page,) = source_for(server.url, categories=["stat.ML", "cs.LG"]).fetch(DAY, date(2020, 2, 11))
    assert (page.source, page.window, page.received, page.total) == (
        "arxiv_atom",
        "2020-02-10/2020-02-11",
        3,
        3,
    )
    assert page.body == GOOD
    asked = parse_qs(urlsplit(page.request).query)
    assert asked["search_query"] == ["(cat:cs.LG OR cat:stat.ML) AND submittedDate:[202002092359 TO 202002112359]"]
    assert urlsplit(page.request).path == "/api/query"


def test_no_papers_are_no_error(scripted, source_for):
    server = scripted(feed([], 0))
    (page,) = source_for(server.url).fetch(DAY, DAY)
    assert (page.received, page.total) == (0, 0)


def test_pages_follow_until_the_total_is_reached(scripted, source_for):
    server = scripted(feed(IDS[:3], 7), feed(IDS[3:5], 7), feed(IDS[5:], 7))
    pages = list(source_for(server.url, page_size=3).fetch(DAY, DAY))
    assert papers(pages) == IDS
    starts = [parse_qs(urlsplit(path).query)["start"] for path in server.paths]
    assert starts == [["0"], ["3"], ["5"]]  # a short page does not skip papers


def test_an_entry_that_comes_twice_hides_no_other(scripted, source_for):
    server = scripted(feed([*IDS[:2], IDS[0]], 4), feed(IDS[2:4], 4))
    assert set(papers(source_for(server.url, page_size=3).fetch(DAY, DAY))) == set(IDS[:4])
    assert parse_qs(urlsplit(server.paths[1]).query)["start"] == ["2"]


def test_an_entry_the_client_skips_is_a_reject_and_shifts_nothing(scripted, source_for):
    broken = feed(IDS[:3], 5).replace(b"<published>2020-02-10T03:59:14Z</published>", b"", 1)
    server = scripted(broken, feed(IDS[3:5], 5))
    pages = list(source_for(server.url, page_size=3).fetch(DAY, DAY))
    assert papers(pages) == IDS[1:5]
    parsed = [parse_page(page.source, page.body) for page in pages]
    assert sum(page.received for page in parsed) == sum(page.received for page in pages) == 5
    assert [reject.rule for page in parsed for reject in page.rejects] == ["bad_date"]


def test_a_window_that_moves_is_read_again(scripted, source_for):
    server = scripted(feed(IDS[:2], 4), feed(IDS[:2], 4), feed(IDS[:2], 4), feed(IDS[2:4], 4))
    assert papers(source_for(server.url, page_size=2).fetch(DAY, DAY)) == IDS[:4]


def test_pages_that_never_add_up_are_an_error(scripted, source_for, tmp_path):
    server = scripted(feed(IDS[:2], 4))
    with pytest.raises(IncompleteWindowError, match="4 entries with 2 different papers for a total of 4"):
        list(source_for(server.url, page_size=2).fetch(DAY, DAY))
    assert list(Landing(tmp_path / "raw").refused())


def test_nothing_of_an_incomplete_window_is_yielded(scripted, source_for):
    server = scripted(feed(IDS[:2], 4), HTML)
    seen = []
    with pytest.raises(BadPageError):
        seen.extend(source_for(server.url, page_size=2).fetch(DAY, DAY))
    assert seen == []


def test_large_windows_are_halved_by_days(scripted, source_for):
    server = scripted(feed(IDS[:1], 1001), feed(IDS[:2], 2), feed(IDS[2:3], 1002), feed(IDS[2:4]), feed(IDS[4:6]))
    pages = list(source_for(server.url).fetch(date(2020, 2, 1), date(2020, 2, 4)))
    assert papers(pages) == IDS[:6]
    queries = [parse_qs(urlsplit(path).query)["search_query"][0] for path in server.paths]
    assert queries == [
        "submittedDate:[202001312359 TO 202002042359]",
        "submittedDate:[202001312359 TO 202002022359]",
        "submittedDate:[202002022359 TO 202002042359]",
        "submittedDate:[202002022359 TO 202002032359]",
        "submittedDate:[202002032359 TO 202002042359]",
    ]


def test_a_single_day_beyond_the_limit_is_halved_by_minutes(scripted, source_for):
    server = scripted(feed(IDS[:1], 30_001), feed(IDS[:2]), feed(IDS[2:4]))
    assert papers(source_for(server.url).fetch(DAY, DAY)) == IDS[:4]
    queries = [parse_qs(urlsplit(path).query)["search_query"][0] for path in server.paths]
    assert queries[1:] == [
        "submittedDate:[202002092359 TO 202002101159]",
        "submittedDate:[202002101159 TO 202002102359]",
    ]


def test_a_single_minute_beyond_the_limit_is_an_error(scripted, source_for):
    server = scripted(feed(IDS[:1], 30_001))
    with pytest.raises(IncompleteWindowError, match=r"30,001 papers .* limit the categories"):
        list(source_for(server.url).fetch(DAY, DAY))


def test_ids_are_asked_for_once_without_version(scripted, source_for):
    server = scripted(feed(IDS[:2]))
    pages = list(source_for(server.url).by_ids([IDS[1], f"{IDS[0]}v3", f"arXiv:{IDS[0]}"]))
    assert papers(pages) == IDS[:2]
    assert parse_qs(urlsplit(server.paths[0]).query)["id_list"] == [",".join(IDS[:2])]
    assert pages[0].window.startswith("ids:")


def test_an_id_arxiv_counts_and_does_not_have_is_left_out(scripted, source_for):
    whole, first, second = feed(IDS[:1], 2), feed(IDS[:1]), feed([], 1)
    server = scripted(whole, feed([], 2), feed([], 2), feed([], 2), first, second)
    assert papers(source_for(server.url).by_ids(IDS[:2])) == IDS[:1]


def test_an_id_that_is_none_is_refused_before_it_spoils_a_page(scripted, source_for):
    server = scripted(GOOD)
    with pytest.raises(QueryRefusedError, match="'abc' is no arXiv id"):
        list(source_for(server.url).by_ids([IDS[0], "abc"]))
    assert server.requests == []


def test_a_bad_query_is_not_repeated(scripted, source_for):
    server = scripted({"body": feed([], 1, ERROR), "status": 400})
    with pytest.raises(QueryRefusedError, match=r"answered 400 .*incorrect id format"):
        list(source_for(server.url).fetch(DAY, DAY))
    assert len(server.requests) == 1


def test_other_statuses_are_errors(scripted, source_for):
    server = scripted({"body": HTML, "status": 403})
    with pytest.raises(HttpStatusError, match="answered 403"):
        list(source_for(server.url).fetch(DAY, DAY))


def test_retry_after_is_honoured(scripted, source_for, slept):
    server = scripted({"status": 429, "headers": {"Retry-After": "1"}}, GOOD)
    assert papers(source_for(server.url).fetch(DAY, DAY)) == IDS[:3]
    assert slept == [1.0]


def test_a_retry_after_of_hours_is_an_error(scripted, source_for):
    server = scripted({"status": 503, "headers": {"Retry-After": "7200"}})
    with pytest.raises(RetryAfterError):
        list(source_for(server.url).fetch(DAY, DAY))


@pytest.mark.parametrize("read_timeout", [0.3])
def test_a_silent_socket_does_not_hang_a_run(scripted, source_for):
    server = scripted({"body": GOOD, "silent_seconds": 30})
    begun = time.monotonic()
    with pytest.raises(UnreachableError):
        list(source_for(server.url).fetch(DAY, DAY))
    assert time.monotonic() - begun < 5


def test_requests_keep_their_distance(scripted, source_for, policy):
    server = scripted(feed(IDS[:2], 4), feed(IDS[2:4], 4))
    begun = time.monotonic()
    list(source_for(server.url, page_size=2, policy=replace(policy, min_interval_seconds=0.4)).fetch(DAY, DAY))
    assert time.monotonic() - begun >= 0.4
