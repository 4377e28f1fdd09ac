import json
import logging
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pyalex
import pytest

from pipeline.sources.budget import Budget
from pipeline.sources.errors import (
    BadPageError,
    BudgetSpentError,
    HttpStatusError,
    IncompleteWindowError,
    KeyRefusedError,
    PlanRefusedError,
    QueryRefusedError,
    RetryAfterError,
    SourceError,
    UnreachableError,
)
from pipeline.sources.http import HttpPolicy
from pipeline.sources.landing import Landing
from pipeline.sources.openalex import MAX_URL_BYTES, WORK_FIELDS, OpenAlexSource
from pipeline.sources.openalex_records import OpenAlexWork
from pipeline.sources.parsing import parse_page

KEY = "sekret-0123456789"
SINCE, UNTIL = date(2020, 1, 1), date(2020, 1, 31)


def thing(number, kind="W", **fields):
    return {"id": f"https://openalex.org/{kind}{number}", "display_name": f"T {number}", **fields}


def listed(things, count=None, cursor="next"):
    meta = {"count": len(things) if count is None else count, "next_cursor": cursor, "per_page": 100}
    return json.dumps({"meta": meta, "results": things}).encode()


def byline(names):
    return [{"author": {"id": None}, "raw_author_name": f"Author {number}"} for number in range(names)]


@pytest.fixture
def source_for(tmp_path, policy):
    def make(url, **kwargs):
        kwargs.setdefault("policy", policy)
        return OpenAlexSource(tmp_path, url=url, refuse=Landing(tmp_path / "raw").refuse, **kwargs)

    return make


def asked(server):
    return [{name: value[0] for name, value in parse_qs(urlsplit(path).query).items()} for path in server.paths]


def ids(pages):
    return [record.id for page in pages for record in parse_page(page.source, page.body).records]


def test_a_window_is_paged_by_cursor_until_its_count(scripted, source_for):
    server = scripted(listed([thing(1), thing(2)], 3, "c2"), listed([thing(3)], 3, "c3"))
    pages = list(source_for(server.url).works_in_window(SINCE, UNTIL))
    assert ids(pages) == ["W1", "W2", "W3"]
    assert [(page.received, page.total, page.window) for page in pages] == [
        (2, 3, "2020-01-01/2020-01-31"),
        (1, 3, "2020-01-01/2020-01-31"),
    ]
    first, second = asked(server)
    assert first["filter"] == (
        "locations.source.id:S4306400194,from_publication_date:2020-01-01,to_publication_date:2020-01-31"
    )
    assert (first["cursor"], second["cursor"]) == ("*", "c2")
    assert first["per-page"] == "100"
    assert first["corpus"] == "all"
    assert set(first["select"].split(",")) == set(WORK_FIELDS)


def test_what_is_asked_is_what_the_record_holds():
    named = {"display_name" if name == "title" else name for name in OpenAlexWork.model_fields}
    # The mark of a cut list is asked for by its length; ids is for the reader of the raw page.
    assert set(WORK_FIELDS) == (named | {"ids"}) - {"is_authors_truncated"}


def test_more_than_ten_thousand_works_are_not_cut(scripted, source_for):
    """pyalex stops at 10,000 in silence unless told otherwise."""
    pages = [listed([thing(page * 100 + n) for n in range(100)], 10_100, f"c{page}") for page in range(101)]
    server = scripted(*pages)
    assert sum(page.received for page in source_for(server.url).works_in_window(SINCE, UNTIL)) == 10_100


def test_fewer_works_than_counted_are_an_error(scripted, source_for):
    server = scripted(listed([thing(1), thing(2)], 3, None))
    with pytest.raises(IncompleteWindowError, match="2 of 3 works for 2020-01-01/2020-01-31"):
        list(source_for(server.url).works_in_window(SINCE, UNTIL))


def test_a_work_that_comes_twice_counts_once(scripted, source_for):
    server = scripted(listed([thing(1), thing(1)], 2, "c2"), listed([thing(2)], 2, None))
    assert ids(source_for(server.url).works_in_window(SINCE, UNTIL)) == ["W1", "W1", "W2"]


SILENT_LOSSES = {
    "html with status 200": (b"<html>busy</html>", "cannot read it"),
    "an answer cut off": (listed([thing(1)])[:-20], "cannot read it"),
    "nothing at all": (b"", "cannot read it"),
    "an empty first page": (listed([], 3), "empty after 0 of 3"),
    "a list without a count": (b'{"meta": {"next_cursor": null}, "results": []}', "does not say how many"),
    "another shape": (b'{"message": "hello"}', "cannot read it"),
    "no object": (b"[1, 2]", "cannot read it"),
}


@pytest.mark.parametrize(("body", "reason"), SILENT_LOSSES.values(), ids=SILENT_LOSSES)
def test_a_silent_loss_is_an_error_with_the_page_kept(scripted, source_for, tmp_path, body, reason):
    server = scripted(body)
    with pytest.raises(BadPageError, match=reason):
        list(source_for(server.url).works_in_window(SINCE, UNTIL))
    assert len(server.requests) == 3
    landing = Landing(tmp_path / "raw")
    assert [landing.read(page) for page in landing.refused()] == [body]


@pytest.mark.parametrize(("body", "_reason"), SILENT_LOSSES.values(), ids=SILENT_LOSSES)
def test_a_silent_loss_that_passes_costs_nothing(scripted, source_for, body, _reason):
    server = scripted(listed([thing(1)], 2, "c2"), body, listed([thing(2)], 2, None))
    assert ids(source_for(server.url).works_in_window(SINCE, UNTIL)) == ["W1", "W2"]


def test_cut_bylines_are_asked_for_alone(scripted, source_for):
    cut = thing(1, authorships=byline(100))
    told = thing(2, authorships=byline(3), is_authors_truncated=True)
    whole = thing(3, authorships=byline(99))
    server = scripted(
        listed([cut, told, whole]),
        json.dumps(thing(1, authorships=byline(140))).encode(),
        json.dumps(thing(2, authorships=byline(4))).encode(),
    )
    source = source_for(server.url)
    pages = list(source.works_in_window(SINCE, UNTIL))
    assert [(page.received, page.total) for page in pages] == [(3, 3), (1, 1), (1, 1)]
    assert [urlsplit(path).path for path in server.paths] == ["/works", "/works/W1", "/works/W2"]
    full = parse_page(pages[1].source, pages[1].body).records[0]
    assert len(full.authorships) == 140
    assert source.budget.spent_dollars == pytest.approx(0.0001)  # asking alone is free


def test_a_work_that_is_gone_does_not_stop_the_window(scripted, source_for):
    server = scripted(listed([thing(1, authorships=byline(100))]), {"body": b'{"error": "x"}', "status": 404})
    assert ids(source_for(server.url).works_in_window(SINCE, UNTIL)) == ["W1"]


def test_dois_go_by_the_hundred_and_by_the_length_of_the_address(scripted, source_for):
    dois = [f"10.1000/{'x' * 100}{number:04}" for number in range(150)]
    server = scripted(listed([], 0))
    list(source_for(server.url).works_by_doi([f"https://doi.org/{doi.upper()}" for doi in dois] + dois + ["no"]))
    asked_for = [question["filter"].removeprefix("doi:").split("|") for question in asked(server)]
    assert sorted(doi for batch in asked_for for doi in batch) == dois
    assert max(map(len, asked_for)) <= 100
    assert max(len(path) for path in server.paths) < MAX_URL_BYTES
    assert len(server.paths) > 2


def test_dois_with_a_meaning_in_filters_are_asked_for_alone(scripted, source_for):
    server = scripted({"body": json.dumps(thing(1)).encode()})
    pages = list(source_for(server.url).works_by_doi(["10.1002/(sici)1097<1::aid-a>3.0.co;2-l", "10.1000/a,b|c"]))
    assert len(pages) == 2
    assert all(urlsplit(path).path.startswith("/works/doi%3A10.1") for path in server.paths)


def test_arxiv_ids_by_doi_then_by_address(scripted, source_for):
    found = thing(1, doi="https://doi.org/10.48550/arxiv.2002.00001")
    published = thing(2, doi="10.1/x", locations=[{"landing_page_url": "http://arxiv.org/abs/math/0309136"}])
    server = scripted(listed([found]), listed([published]))
    pages = list(source_for(server.url).works_by_arxiv_id(["2002.00001v2", "math.GT/0309136", "nonsense"]))
    assert ids(pages) == ["W1", "W2"]
    assert [question["filter"] for question in asked(server)] == [
        "doi:10.48550/arxiv.2002.00001|10.48550/arxiv.math/0309136",
        "locations.landing_page_url:http://arxiv.org/abs/math/0309136|https://arxiv.org/abs/math/0309136",
    ]


def test_no_ids_ask_nothing(scripted, source_for):
    server = scripted(listed([]))
    source = source_for(server.url)
    assert [
        *source.works_by_doi([]),
        *source.works_by_arxiv_id([]),
        *source.works([]),
        *source.authors(["A9999999999", "https://openalex.org/A5317838346"]),
        *source.institutions([]),
    ] == []
    assert server.requests == []


def test_things_by_id(scripted, source_for):
    gone = {"body": b'{"error": "x"}', "status": 404}
    server = scripted(listed([thing(1, "A")]), gone, listed([thing(2, "I")]), listed([thing(3)]))
    source = source_for(server.url)
    wanted = ["https://openalex.org/A1", "A1", "a2"]
    assert ids(source.authors(wanted)) == ["A1"]
    assert ids(source.institutions(["I2"])) == ["I2"]
    assert ids(source.works(["W3"])) == ["W3"]
    assert [
        (urlsplit(path).path, question.get("filter"))
        for path, question in zip(server.paths, asked(server), strict=True)
    ] == [
        ("/authors", "ids.openalex:A1|A2"),
        ("/authors/A2", None),
        ("/institutions", "ids.openalex:I2"),
        ("/works", "ids.openalex:W3"),
    ]


def test_a_thing_no_list_shows_is_asked_for_alone_and_may_have_another_id(scripted, source_for):
    server = scripted(listed([]), json.dumps(thing(9, "A")).encode())
    source = source_for(server.url)
    assert ids(source.authors(["A1"])) == ["A9"]
    assert source.found == {"A1"}
    assert source.budget.spent_dollars == pytest.approx(0.0001)


def test_an_id_of_another_kind_is_refused(source_for):
    with pytest.raises(QueryRefusedError, match="'W1' is no OpenAlex id of kind A"):
        list(source_for("http://127.0.0.1:9").authors(["W1"]))


SPENT = json.dumps({"error": "Rate limit exceeded", "message": "Insufficient budget. Resets at midnight UTC."})
PLAN = json.dumps({"error": "Plan upgrade required", "message": "from_updated_date needs Member+"})
BURST = json.dumps({"error": "Rate limit exceeded", "message": "30 requests per second. Please slow down."})


def refusal(body, wait, **headers):
    return {"body": body.encode(), "status": 429, "headers": {"Retry-After": str(wait), **headers}}


@pytest.mark.parametrize(
    "case",
    [
        (refusal(SPENT, 53_578), BudgetSpentError, "budget of the day is spent .* in 14.9 h"),
        (refusal("{}", 53_578), BudgetSpentError, "spent"),
        (refusal("{}", 1, **{"X-RateLimit-Remaining-USD": "0"}), BudgetSpentError, "spent"),
        ({"body": b"{}", "status": 402}, BudgetSpentError, "spent"),
        (refusal(PLAN, 1), PlanRefusedError, "larger plan .*from_updated_date needs Member"),
        (refusal("<html>Plan upgrade required</html>", 86_400), PlanRefusedError, "larger plan"),
        ({"body": b'{"error": "Invalid API key"}', "status": 401}, KeyRefusedError, "OPENALEX_API_KEY"),
        (refusal(BURST, 300, **{"X-RateLimit-Remaining": "0"}), RetryAfterError, "asks to wait 300 s"),
    ],
)
def test_refusals_are_told_apart_and_at_once(scripted, source_for, slept, case):
    answer, error, text = case
    server = scripted(answer)
    with pytest.raises(error, match=text):
        list(source_for(server.url, api_key=KEY).works_in_window(SINCE, UNTIL))
    assert slept == []
    assert len(server.requests) == 1


def test_a_burst_is_waited_out(scripted, source_for, slept):
    server = scripted(refusal(BURST, 1, **{"X-RateLimit-Remaining": "0"}), listed([thing(1)]))
    assert ids(source_for(server.url).works_in_window(SINCE, UNTIL)) == ["W1"]
    assert slept == [1.0]


def test_our_own_budget_stops_before_it_is_overspent(scripted, source_for):
    server = scripted(*(listed([thing(n)], 10, f"c{n}") for n in range(10)))
    source = source_for(server.url, budget=Budget(dollars=0.0003))
    with pytest.raises(BudgetSpentError, match=r"budget of \$0.0003 is spent \(3 calls\)"):
        list(source.works_in_window(SINCE, UNTIL))
    assert len(server.requests) == 3
    assert source.budget.spent_dollars == pytest.approx(0.0003)


@pytest.mark.parametrize("read_timeout", [0.6])
def test_a_question_without_an_answer_is_not_charged(scripted, source_for):
    server = scripted(listed([thing(1)], 2, "c2"), {"silent_seconds": 30})
    source = source_for(server.url)
    with pytest.raises(UnreachableError):
        list(source.works_in_window(SINCE, UNTIL))
    assert (source.budget.calls, source.budget.spent_dollars) == (1, 0.0001)


def test_rate_limit_headers_are_kept_and_believed(scripted, source_for):
    headers = {
        "X-RateLimit-Cost-USD": "0.001",
        "X-RateLimit-Remaining-USD": "0.00005",
        "X-RateLimit-Prepaid-Remaining-USD": "0",
        "X-RateLimit-Reset": "3600",
    }
    server = scripted({"body": listed([thing(1)], 2, "c2"), "headers": headers})
    source = source_for(server.url)
    with pytest.raises(BudgetSpentError, match=r"in 1\.0 h"):
        list(source.works_in_window(SINCE, UNTIL))
    assert len(server.requests) == 1
    assert source.budget.headers["x-ratelimit-reset"] == "3600"
    assert (source.budget.calls, source.budget.spent_dollars, source.budget.remaining_dollars) == (
        1,
        0.001,
        0.00005,
    )


def test_bad_filters_are_not_repeated(scripted, source_for):
    server = scripted(
        {"body": b'{"error": "Invalid query parameters error.", "message": "no filter x"}', "status": 400}
    )
    with pytest.raises(QueryRefusedError, match=r"answered 400 .*no filter x"):
        list(source_for(server.url).works_in_window(SINCE, UNTIL))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_error_answers_that_are_no_json_are_errors(scripted, source_for, status):
    server = scripted({"body": b"<html>oops</html>", "status": status})
    with pytest.raises((QueryRefusedError, HttpStatusError), match=str(status)):
        list(source_for(server.url).works_in_window(SINCE, UNTIL))


@pytest.mark.parametrize("read_timeout", [0.3])
def test_a_silent_socket_does_not_hang_a_run(scripted, source_for):
    with pytest.raises(UnreachableError):
        list(source_for(scripted({"silent_seconds": 30}).url).works_in_window(SINCE, UNTIL))


def test_the_key_is_a_header_and_shows_nowhere(scripted, source_for, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    server = scripted(listed([thing(1)], 2, "c2"), {"body": KEY.join(["<", ">"]).encode(), "status": 500})
    source = source_for(server.url, api_key=KEY)
    pages = []
    with pytest.raises(SourceError) as caught:
        pages.extend(source.works_in_window(SINCE, UNTIL))
    assert all(headers["Authorization"] == f"Bearer {KEY}" for _, headers in server.requests)
    assert KEY not in str(caught.value)
    assert KEY not in caplog.text
    assert not any(KEY in path for path in server.paths)
    assert KEY not in repr(source.budget)
    assert KEY not in repr(vars(pages[0]) if hasattr(pages[0], "__dict__") else pages[0])
    assert pyalex.config.api_key is None


def test_two_sources_at_two_addresses_do_not_mix(scripted, source_for):
    one, two = scripted(listed([thing(1)])), scripted(listed([thing(2)]))
    first, second = source_for(one.url), source_for(two.url + "/mirror/")
    assert ids(second.works(["W2"])) == ["W2"]
    assert ids(first.works(["W1"])) == ["W1"]
    assert urlsplit(two.paths[0]).path == "/mirror/works"
    assert len(one.paths) == len(two.paths) == 1


def test_negations_and_commas_survive_every_page(scripted, source_for):
    """pyalex encodes some values once more on each page; ours must ask the same filter on all of them."""
    server = scripted(*(listed([thing(n)], 3, f"c{n}") for n in range(3)))
    list(source_for(server.url).works_in_window(SINCE, UNTIL))
    assert len({question["filter"] for question in asked(server)}) == 1


def test_the_public_service_is_paced(tmp_path):
    policy = HttpPolicy()
    intervals = [OpenAlexSource(tmp_path, api_key=key, policy=policy)._session._pacer._interval for key in (None, KEY)]
    assert intervals == [1 / 10, 1 / 30]
