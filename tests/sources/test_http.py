import itertools
import logging
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pipeline.sources.errors import (
    HttpStatusError,
    OversizeError,
    QueryRefusedError,
    RetryAfterError,
    SourceError,
    UnreachableError,
)
from pipeline.sources.http import (
    ARXIV_INTERVAL_SECONDS,
    HttpPolicy,
    Pacer,
    PoliteSession,
    arxiv_pacer,
    base_url,
    is_private,
    redact,
    retry_after_seconds,
)

KEY = "sekret-0123456789"


@pytest.fixture
def session_for(tmp_path, policy):
    def make(url, policy=policy, **kwargs):
        return PoliteSession(url, policy, Pacer(tmp_path, "test", 0.0), **kwargs)

    return make


def test_says_who_we_are_whatever_the_client_says(scripted, session_for):
    server = scripted(b"ok")
    session_for(server.url).get(server.url, headers={"user-agent": "arxiv.py/4.0.2"})
    ((_, headers),) = server.requests
    assert headers["User-Agent"].startswith("who-wrote-what/")
    assert headers["User-Agent"].endswith("(mailto:ops@example.org)")


@pytest.mark.parametrize("read_timeout", [0.3])
def test_a_socket_that_never_answers_is_given_up(scripted, session_for):
    server = scripted({"body": b"late", "silent_seconds": 30})
    begun = time.monotonic()
    with pytest.raises(UnreachableError, match=r"did not answer in 0\.3 s"):
        session_for(server.url).get(server.url)
    assert time.monotonic() - begun < 5
    assert len(server.requests) == 3


def test_an_answer_that_drips_is_given_up(scripted, session_for, policy, monkeypatch):
    server = scripted(b"x" * 200_000)
    clock = iter(range(0, 10_000, 100))
    monkeypatch.setattr("pipeline.sources.http.time.monotonic", lambda: next(clock))
    with pytest.raises(UnreachableError):
        session_for(server.url, replace(policy, deadline_seconds=50)).get(server.url)


def test_a_refused_connection_names_the_address(session_for):
    with pytest.raises(UnreachableError, match=r"http://127.0.0.1:9/x cannot be reached \(.*refused"):
        session_for("http://127.0.0.1:9").get("http://127.0.0.1:9/x")


def test_a_transfer_that_breaks_off_is_repeated(scripted, session_for):
    server = scripted({"body": b"half", "claimed_length": 400}, b"whole")
    assert session_for(server.url).get(server.url).content == b"whole"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(scripted, session_for, status):
    server = scripted({"status": status}, b"ok")
    assert session_for(server.url).get(server.url).content == b"ok"
    assert len(server.requests) == 2


def test_a_server_that_stays_busy_is_an_error(scripted, session_for):
    server = scripted({"status": 503})
    with pytest.raises(HttpStatusError, match="answered 503 3 times") as caught:
        session_for(server.url).get(server.url)
    assert caught.value.status == 503


def test_retry_after_is_honoured_within_the_bound(scripted, session_for, slept):
    server = scripted({"status": 429, "headers": {"Retry-After": "2"}}, b"ok")
    assert session_for(server.url).get(server.url).content == b"ok"
    assert slept == [2.0]


def test_a_longer_retry_after_is_an_error_at_once(scripted, session_for, slept):
    server = scripted({"status": 503, "headers": {"Retry-After": "86400"}})
    with pytest.raises(RetryAfterError, match="asks to wait 86,400 s, over the bound of 2 s") as caught:
        session_for(server.url).get(server.url)
    assert caught.value.seconds == 86_400
    assert slept == []
    assert len(server.requests) == 1


def test_waits_double_without_retry_after(scripted, session_for, policy, slept):
    server = scripted({"status": 500})
    with pytest.raises(HttpStatusError):
        session_for(server.url, replace(policy, tries=4, backoff_seconds=2.0)).get(server.url)
    assert slept == [2.0, 4.0, 8.0]


def test_other_refusals_come_back_as_they_are(scripted, session_for):
    server = scripted({"body": b"no such thing", "status": 404})
    assert session_for(server.url).get(server.url).status_code == 404
    assert len(server.requests) == 1


def test_an_answer_beyond_the_bound_is_not_read(scripted, session_for, policy):
    server = scripted(b"x" * 300_000)
    with pytest.raises(OversizeError, match="more than 100,000 bytes"):
        session_for(server.url, replace(policy, max_body_bytes=100_000)).get(server.url)


def test_the_key_goes_home_only_and_shows_nowhere(scripted, session_for, caplog):
    caplog.set_level(logging.DEBUG)
    away = scripted(b"elsewhere")
    home = scripted({"status": 503}, {"status": 302, "headers": {"Location": away.url}})
    session = session_for(home.url, bearer=KEY)
    assert session.get(home.url + "/works?api_key=" + KEY).content == b"elsewhere"
    assert all(headers["Authorization"] == f"Bearer {KEY}" for _, headers in home.requests)
    assert all("Authorization" not in headers for _, headers in away.requests)
    own = [record.getMessage() for record in caplog.records if record.name.startswith("pipeline")]
    assert own
    assert not any(KEY in message for message in own)
    with pytest.raises(SourceError) as caught:
        session_for("http://127.0.0.1:9", bearer=KEY).get(f"http://127.0.0.1:9/?api_key={KEY}")
    assert KEY not in str(caught.value)


def test_a_client_cannot_add_credentials(scripted, session_for):
    server = scripted(b"ok")
    session_for(server.url).get(server.url, auth=("user", KEY))
    assert "Authorization" not in server.requests[0][1]


def test_endless_redirects_end(scripted, session_for):
    server = scripted({"status": 302, "headers": {"Location": "/again"}})
    with pytest.raises(QueryRefusedError, match="redirect"):
        session_for(server.url).get(server.url)
    assert len(server.requests) < 20


def test_redacts_keys_and_tokens():
    assert redact("https://x/?api_key=abc&b=1") == "https://x/?api_key=***&b=1"
    assert redact("Authorization: Bearer abc.def") == "Authorization: Bearer ***"
    assert redact("GET http://me:p@ss@proxy.example/works?api_key=a answered") == (
        "GET http://***@proxy.example/works?api_key=*** answered"
    )


def test_redacts_nothing_else():
    for text in (
        "http://h/oai?verb=ListRecords&resumptionToken=6511260|2501",
        "https://h/a@b",
        "http://h/?to=me@h.example",
    ):
        assert redact(text) == text


def test_reads_retry_after_in_both_forms():
    moment = datetime.now(UTC) + timedelta(seconds=90)
    assert retry_after_seconds({"Retry-After": "7"}) == 7
    assert retry_after_seconds({"Retry-After": format_datetime(moment, usegmt=True)}) == pytest.approx(90, abs=2)
    for unreadable in ("soon", "nan", "Mon, 2 Apr 99999999999999999999 19:18:42 GMT"):
        assert retry_after_seconds({"Retry-After": unreadable}) is None
    assert retry_after_seconds({}) is None


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://export.arxiv.org", "https://export.arxiv.org/api/query"),
        ("http://127.0.0.1:80/", "http://127.0.0.1:80/api/query"),
        ("http://host/mirror/", "http://host/mirror"),
    ],
)
def test_a_bare_host_gets_the_default_path(written, url):
    assert base_url(written, "/api/query") == url


@pytest.mark.parametrize("written", ["", "export.arxiv.org", "ftp://x", "file:///etc/passwd"])
def test_other_addresses_are_refused(written):
    with pytest.raises(SourceError, match="no base URL"):
        base_url(written, "/oai")


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://[::1]:5000", True),
        ("http://localhost", True),
        ("http://replica:8080/api", True),
        ("http://10.1.2.3", True),
        ("https://export.arxiv.org", False),
        ("https://8.8.8.8", False),
    ],
)
def test_politeness_is_owed_to_the_public(url, private, tmp_path):
    assert is_private(url) is private
    assert arxiv_pacer(url, tmp_path, HttpPolicy())._interval == (0.0 if private else ARXIV_INTERVAL_SECONDS)


def test_requests_keep_their_distance_across_processes(tmp_path):
    code = (
        "import sys, time, pathlib\n"
        "from pipeline.sources.http import Pacer\n"
        "pacer = Pacer(pathlib.Path(sys.argv[1]), 'arxiv', 0.3)\n"
        "for _ in range(2):\n"
        "    with pacer.turn():\n"
        "        begun = time.time(); time.sleep(0.05); print(begun, time.time())\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    turns = sorted(
        tuple(map(float, line.split())) for process in processes for line in process.communicate()[0].splitlines()
    )
    assert [process.returncode for process in processes] == [0, 0]
    assert len(turns) == 4
    gaps = [later[0] - earlier[1] for earlier, later in itertools.pairwise(turns)]
    assert min(gaps) >= 0.29


def test_a_clock_set_back_costs_one_interval(tmp_path, slept):
    pacer = Pacer(tmp_path, "arxiv", 3.0)
    with pacer.turn():
        pass
    future = time.time() + 86_400
    os.utime(tmp_path / "arxiv.last-request", (future, future))
    with pacer.turn():
        pass
    assert slept == [0.0, 3.0]
