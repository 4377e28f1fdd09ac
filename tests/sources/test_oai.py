from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.sources.errors import (
    BadPageError,
    HttpStatusError,
    IncompleteWindowError,
    QueryRefusedError,
    UnreachableError,
)
from pipeline.sources.landing import Landing
from pipeline.sources.oai import OaiSource, set_of
from pipeline.sources.parsing import parse_page

DAY = date(2020, 2, 10)
HEAD = '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'


def records(identifiers, token=None, size=None):
    listed = "".join(
        f"<record><header><identifier>oai:arXiv.org:{identifier}</identifier></header><metadata>"
        f'<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{identifier}</id>'
        '<version version="v1"><date>Mon, 10 Feb 2020 03:59:14 GMT</date><size>9kb</size></version>'
        "<title>T</title><authors>Ann Author</authors><categories>cs.LG</categories><abstract>S</abstract>"
        "</arXivRaw></metadata></record>"
        for identifier in identifiers
    )
    attribute = f' completeListSize="{size}"' if size is not None else ""
    end = f"<resumptionToken{attribute}>{token or ''}</resumptionToken>" if token or size is not None else ""
    return f"{HEAD}<ListRecords>{listed}{end}</ListRecords></OAI-PMH>".encode()


def error(code, text="said"):
    return f'{HEAD}<error code="{code}">{text}</error></OAI-PMH>'.encode()


IDS = [f"2002.{number:05}" for number in range(1, 8)]


@pytest.fixture
def source_for(tmp_path, policy):
    def make(url, **kwargs):
        return OaiSource(tmp_path, url=url, policy=policy, refuse=Landing(tmp_path / "raw").refuse, **kwargs)

    return make


def papers(pages):
    return sorted(record.arxiv_id for page in pages for record in parse_page(page.source, page.body).records)


def asked(server):
    return [{name: value[0] for name, value in parse_qs(urlsplit(path).query).items()} for path in server.paths]


def test_follows_the_resumption_tokens(scripted, source_for):
    server = scripted(records(IDS[:3], "a|3"), records(IDS[3:5], "a|5"), records(IDS[5:]))
    pages = list(source_for(server.url).fetch(DAY, DAY))
    assert papers(pages) == IDS
    assert [page.received for page in pages] == [3, 2, 2]
    assert asked(server) == [
        {"verb": "ListRecords", "from": "2020-02-10", "until": "2020-02-10", "metadataPrefix": "arXivRaw"},
        {"verb": "ListRecords", "resumptionToken": "a|3"},
        {"verb": "ListRecords", "resumptionToken": "a|5"},
    ]
    assert {urlsplit(path).path for path in server.paths} == {"/oai"}


def test_each_day_is_a_list_of_its_own(scripted, source_for):
    server = scripted(records(IDS[:1]), error("noRecordsMatch"), records(IDS[1:2]))
    pages = list(source_for(server.url).fetch(DAY, date(2020, 2, 12), "arXiv"))
    assert papers(pages) == IDS[:2]
    assert [page.received for page in pages] == [1, 0, 1]
    assert {page.window for page in pages} == {"2020-02-10/2020-02-12"}
    assert [question["from"] for question in asked(server)] == ["2020-02-10", "2020-02-11", "2020-02-12"]
    assert {question["metadataPrefix"] for question in asked(server)} == {"arXiv"}


def test_days_before_the_first_are_skipped(scripted, source_for):
    server = scripted(records(IDS[:1]))
    assert len(list(source_for(server.url).fetch(date(2005, 9, 10), date(2005, 9, 17)))) == 2
    assert [question["from"] for question in asked(server)] == ["2005-09-16", "2005-09-17"]


def test_an_empty_token_ends_the_list(scripted, source_for):
    server = scripted(records(IDS[:2], "", 2))
    assert papers(source_for(server.url).fetch(DAY, DAY)) == IDS[:2]
    assert len(server.requests) == 1


GOOD = records(IDS[:3], "a|3")
SILENT_LOSSES = {
    "html with status 200": (b"<html><body>down</body></html>", "HTML page"),
    "broken html": (b"<!DOCTYPE html><p>down<br>", "HTML page"),
    "an answer cut off": (GOOD[: len(GOOD) // 2], "well-formed"),
    "nothing at all": (b"", "well-formed"),
    "a list without records": (records([]), "list without records"),
    "an entity bomb": (GOOD.replace(b"<OAI", b'<!DOCTYPE x [<!ENTITY a "aa">]><OAI', 1), "document type"),
}


@pytest.mark.parametrize(("body", "reason"), SILENT_LOSSES.values(), ids=SILENT_LOSSES)
def test_a_silent_loss_is_an_error_with_the_answer_kept(scripted, source_for, tmp_path, body, reason):
    server = scripted(body)
    with pytest.raises(BadPageError, match=reason):
        list(source_for(server.url).fetch(DAY, DAY))
    assert len(server.requests) == 3
    landing = Landing(tmp_path / "raw")
    assert [landing.read(page) for page in landing.refused()] == [body]


@pytest.mark.parametrize(("body", "_reason"), SILENT_LOSSES.values(), ids=SILENT_LOSSES)
def test_a_silent_loss_that_passes_costs_nothing(scripted, source_for, body, _reason):
    server = scripted(GOOD, body, records(IDS[3:]))
    assert papers(source_for(server.url).fetch(DAY, DAY)) == IDS


def test_an_error_with_an_error_status_that_is_no_xml_is_told(scripted, source_for):
    """Scythe alone raises AttributeError here."""
    server = scripted({"body": b"gone fishing", "status": 404})
    with pytest.raises(HttpStatusError, match="answered 404"):
        list(source_for(server.url).fetch(DAY, DAY))


def test_a_list_whose_token_dies_is_read_again_from_its_start(scripted, source_for):
    lost = error("badResumptionToken", "expired")
    server = scripted(GOOD, lost, GOOD, records(IDS[3:]))
    assert papers(source_for(server.url).fetch(DAY, DAY)) == sorted(IDS[:3] + IDS)
    assert [question.get("resumptionToken") for question in asked(server)] == [None, "a|3", None, "a|3"]


def test_a_token_that_dies_twice_fails_the_day(scripted, source_for):
    server = scripted(GOOD, error("badResumptionToken", "expired"), GOOD, error("badResumptionToken", "expired"))
    with pytest.raises(QueryRefusedError, match=r"with badResumptionToken .expired.* read a day whose list was"):
        list(source_for(server.url).fetch(DAY, DAY))
    assert len(server.requests) == 4


@pytest.mark.parametrize("code", ["badArgument", "cannotDisseminateFormat", "odd"])
def test_refusals_are_not_repeated(scripted, source_for, code):
    server = scripted(error(code, "from may not be in the future"))
    with pytest.raises(QueryRefusedError, match=f"with {code} .from may not be in the future"):
        list(source_for(server.url).fetch(DAY, DAY))
    assert len(server.requests) == 1


def test_a_token_that_comes_again_does_not_loop(scripted, source_for):
    server = scripted(GOOD)
    with pytest.raises(IncompleteWindowError, match="repeats a resumption token"):
        list(source_for(server.url).fetch(DAY, DAY))
    assert len(server.requests) == 2


def test_a_list_shorter_than_it_says_is_an_error(scripted, source_for):
    server = scripted(records(IDS[:3], "a|3", 5), records(IDS[3:4]))
    with pytest.raises(IncompleteWindowError, match="4 of 5 records for 2020-02-10"):
        list(source_for(server.url).fetch(DAY, DAY))


@pytest.mark.parametrize("read_timeout", [0.3])
def test_busy_and_silent_servers(scripted, source_for, slept):
    server = scripted({"status": 503, "headers": {"Retry-After": "2"}}, records(IDS[:1]))
    assert papers(source_for(server.url).fetch(DAY, DAY)) == IDS[:1]
    assert slept == [2.0]
    with pytest.raises(UnreachableError):
        list(source_for(scripted({"silent_seconds": 30}).url).fetch(DAY, DAY))


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("cs.AI", "cs:cs:AI"),
        ("hep-lat", "physics:hep-lat"),
        ("astro-ph.CO", "physics:astro-ph:CO"),
        ("physics.optics", "physics:physics:optics"),
        ("math-ph", "physics:math-ph"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
        ("stat", "stat"),
    ],
)
def test_categories_are_sets(category, expected):
    assert set_of(category) == expected


def test_categories_limit_the_list(scripted, source_for):
    server = scripted(records(IDS[:1]), error("noRecordsMatch"))
    list(source_for(server.url, categories=("stat.ML", "cs.LG")).fetch(DAY, DAY))
    assert [question["set"] for question in asked(server)] == ["cs:cs:LG", "stat:stat:ML"]
