"""backfill, import, publish, replica, doctor: what they do, what they leave, what they say when they cannot."""

import gzip
import signal
import socket
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from pipeline.cli import sources
from pipeline.cli.days import chunked, days_of
from pipeline.replica import running
from pipeline.sources.landing import Landing
from pipeline.steps import pages
from tests.steps.small_world import PAPERS, json_lines, write_world

from .conftest import refused

KEY = "oa-key-that-nobody-may-see"
RANGE = ("--from", "2021-03-01", "--to", "2021-03-03")


@pytest.fixture
def replica(shell, tmp_path):
    with running(write_world(tmp_path / "replica")) as urls:
        shell.set(PIPELINE_ARXIV_URL=urls.arxiv, PIPELINE_OAI_URL=urls.oai, PIPELINE_OPENALEX_URL=urls.openalex)
        yield urls


def test_a_backfill_that_is_stopped_goes_on_where_it_was_and_keeps_the_key_to_itself(shell, replica, monkeypatch):
    shell.set(OPENALEX_API_KEY=KEY)
    monkeypatch.setattr("pipeline.cli.days.CHUNK_DAYS", 1)
    fetch_days, fetched = sources.fetch_days, []

    def stopped_on_the_second_day(found, chunk, *, again):
        if chunk.first == date(2021, 3, 2):
            raise KeyboardInterrupt
        fetched.append(chunk.first.day)
        return fetch_days(found, chunk, again=again)

    monkeypatch.setattr(sources, "fetch_days", stopped_on_the_second_day)
    stopped = shell("backfill", *RANGE)
    assert stopped.code == 130
    assert "0 complete, 3 to fetch in 3 runs." in stopped.out
    assert "the same command goes on from there" in stopped.err

    def noted(found, chunk, *, again):
        fetched.append(chunk.first.day)
        return fetch_days(found, chunk, again=again)

    monkeypatch.setattr(sources, "fetch_days", noted)
    resumed = shell("backfill", *RANGE)
    assert resumed.code == 0
    assert resumed.err.startswith("warning: the check rejected_share of staging.rejected failed")
    assert "1 complete, 2 to fetch in 2 runs." in resumed.out
    assert fetched == [1, 2, 3]
    with duckdb.connect(str(shell.data / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM staging.arxiv_records").fetchall() == [(9,)]
        everything = (
            con.execute("SELECT * FROM raw.pages").fetchall() + con.execute("SELECT * FROM raw.windows").fetchall()
        )

    idle = shell("backfill", *RANGE)
    assert "3 complete, 0 to fetch in 0 runs." in idle.out
    assert "Everything is fetched and published: nothing to do." in idle.out
    forced = shell("backfill", *RANGE, "--force", "--dry-run")
    assert "0 complete, 3 to fetch" in forced.out

    assert KEY not in str(everything)
    assert KEY not in "".join(said.out + said.err for said in (stopped, resumed, idle, forced))
    files = [path for path in shell.data.rglob("*") if path.is_file()]
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    landing = Landing(shell.data / "raw")
    bodies = [landing.read(page) for window in landing.windows() for page in landing.pages(window)]
    assert len(bodies) > 5
    assert not any(KEY.encode() in body for body in bodies)


def test_a_run_that_is_interrupted_says_how_to_go_on(shell, monkeypatch):
    monkeypatch.setattr(pages, "register_windows", lambda *_: signal.raise_signal(signal.SIGINT))
    said = shell("publish")
    assert said.code == 130
    assert said.err == "stopped: what was landed and committed stays; the same command goes on from there.\n"


def test_a_dry_run_fetches_nothing(shell):
    dead = "http://127.0.0.1:9"
    shell.set(PIPELINE_ARXIV_URL=dead, PIPELINE_OAI_URL=dead, PIPELINE_OPENALEX_URL=dead)
    said = shell("backfill", *RANGE, "--dry-run")
    assert (said.code, said.err) == (0, "")
    assert "3 days from 2021-03-01 to 2021-03-03: 0 complete, 3 to fetch in 1 runs." in said.out
    assert not (shell.data / "raw").exists()
    assert not (shell.data / "warehouse.duckdb").exists()


def test_a_broken_archive_is_named_and_lands_no_window(shell, tmp_path):
    packed = gzip.compress(json_lines(PAPERS * 50))
    (tmp_path / "broken.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    sentence = refused(shell("import", "arxiv", str(tmp_path / "broken.jsonl.gz")))
    assert "broken.jsonl.gz cannot be read to its end" in sentence
    assert "check the file and import it again" in sentence
    assert list(Landing(shell.data / "raw").windows()) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "arxiv", "none.jsonl"), "none.jsonl is not a file"),
        (("backfill", "--from", "2021-03-03", "--to", "2021-03-01"), "There is no complete day from 2021-03-03"),
        (("run", "--since", "2021-03-03", "--until", "2021-03-01"), "There is no complete day from 2021-03-03"),
        (("backfill", "--from", "1980-01-01", "--to", "1990-01-01"), "arXiv has no paper from before 1986-01-01"),
        (("run", "--since", "1980-01-01", "--until", "1980-01-02"), "arXiv has no paper from before 1986-01-01"),
        (("author", "Ada Byron"), "Nothing is published in"),
        (("why", "a#1", "b#1"), "Nothing is published in"),
        (("replica", "--data", "none"), "The replica's data folder none does not exist"),
        (("replica", "--data", ".", "--faults", "gremlins=1"), "There is no fault or setting 'gremlins'"),
        (("replica", "--data", ".", "--faults", "429=7"), "The rate of 429 is '7'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_one_sentence(shell, tmp_path, monkeypatch, words, sentence):
    dead = "http://127.0.0.1:9"
    shell.set(PIPELINE_ARXIV_URL=dead, PIPELINE_OAI_URL=dead, PIPELINE_OPENALEX_URL=dead)
    monkeypatch.chdir(tmp_path)
    assert refused(shell(*words)).startswith(sentence)


@pytest.mark.parametrize(("command", "first", "last"), [("backfill", "--from", "--to"), ("run", "--since", "--until")])
def test_the_future_cannot_be_fetched(shell, monkeypatch, command, first, last):
    fetched = []
    monkeypatch.setattr(sources, "fetch_chunks", lambda _found, chunks, **_: fetched.extend(chunks))
    monkeypatch.setattr(sources, "transform", lambda _found: None)
    today = datetime.now(UTC).date()
    yesterday, tomorrow = (today + timedelta(days=n) for n in (-1, 1))
    says = "the last complete day is"
    assert says in refused(shell(command, first, tomorrow.isoformat(), last, tomorrow.isoformat()))
    assert shell(command, first, yesterday.isoformat(), last, tomorrow.isoformat()).code == 0
    assert [(chunk.first, chunk.last) for chunk in fetched] == [(yesterday, yesterday)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PIPELINE_THREADS", "many"),
        ("PIPELINE_THREADS", "0"),
        ("PIPELINE_THREADS", "[/red]"),
        ("PIPELINE_MEMORY", "lots"),
        ("PIPELINE_MEMORY", "8"),
        ("PIPELINE_TRANSLATE_LANGUAGES", "fr X1"),
    ],
)
def test_a_variable_that_cannot_be_read_is_named(shell, name, value):
    shell.set(**{name: value})
    assert refused(shell("doctor")).startswith(f"{name} cannot be read: ")


@pytest.mark.parametrize("words", [("publish",), ("correct", "list"), ("backfill", *RANGE)], ids=lambda words: words[0])
def test_a_data_folder_that_cannot_be_made_is_named(shell, tmp_path, words):
    (tmp_path / "taken").write_text("a file")
    shell.set(PIPELINE_DATA=str(tmp_path / "taken"))
    sentence = refused(shell(*words))
    assert sentence.startswith(str(tmp_path / "taken"))
    assert sentence.endswith("set PIPELINE_DATA to a folder that can be written.")


def test_a_path_that_looks_like_markup_is_told_as_it_is(shell, tmp_path):
    dead = "http://me:pass@127.0.0.1:9"
    shell.set(PIPELINE_ARXIV_URL=dead, PIPELINE_OAI_URL=dead, PIPELINE_OPENALEX_URL=dead)
    shell.set(PIPELINE_DATA=str(tmp_path / "of [red] and [/b]"))
    said = shell("doctor")
    assert str(tmp_path / "of [red] and [/b]") in said.out
    assert "me:pass" not in said.out + said.err


def test_a_port_that_is_taken_is_named(shell, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in refused(shell("replica", "--data", str(tmp_path), "--port", port))


def test_the_doctor_tells_what_is_in_force_and_never_the_key(shell, replica):
    shell.set(OPENALEX_API_KEY=KEY, PIPELINE_CONTACT="ops@example.org", PIPELINE_ARXIV_CATEGORIES="cs.LG, stat.ML")
    said = shell("doctor")
    assert KEY not in said.out + said.err
    for told in (str(shell.data), "cs.LG stat.ML", "ops@example.org", f"{replica.oai} answered 200", "duckdb 2."):
        assert told in said.out
    assert (said.code == 0) == ("bad" not in said.out)


def test_the_doctor_asks_as_a_fetch_does(shell, scripted):
    server = scripted({"body": b"busy", "status": 503}, b"well")
    shell.set(PIPELINE_ARXIV_URL=server.url, PIPELINE_OAI_URL=server.url, PIPELINE_OPENALEX_URL=server.url)
    said = shell("doctor")
    assert f"{server.url}/api/query answered 503" in said.out
    assert f"{server.url}/oai answered 200" in said.out
    assert [path.partition("?")[0] for path in server.paths] == ["/api/query", "/oai", "/works"]
    assert {headers["User-Agent"].partition("/")[0] for _, headers in server.requests} == {"who-wrote-what"}


def test_the_doctor_says_what_is_wrong(shell):
    dead = "http://127.0.0.1:9"
    shell.set(PIPELINE_ARXIV_URL=dead, PIPELINE_OAI_URL=dead, PIPELINE_OPENALEX_URL=dead, OPENALEX_API_KEY=KEY)
    said = shell("doctor")
    for place in ("/api/query", "/oai", ""):
        assert f" {dead}{place} does not answer" in said.out
    assert "findings are bad" in refused(said)
    assert KEY not in said.out + said.err


@pytest.mark.parametrize(
    ("days", "chunks"),
    [
        ([], []),
        ([1], [(1, 1)]),
        ([1, 2, 3], [(1, 3)]),
        ([1, 3, 4], [(1, 1), (3, 4)]),
        (list(range(1, 8)), [(1, 4), (5, 7)]),
    ],
)
def test_days_in_runs(monkeypatch, days, chunks):
    monkeypatch.setattr("pipeline.cli.days.CHUNK_DAYS", 4)
    found = chunked({date(2021, 3, day): ("arxiv_pages",) for day in days})
    assert [(chunk.first.day, chunk.last.day) for chunk in found] == chunks


def test_days_that_lack_other_assets_are_runs_of_their_own():
    missing = {date(2021, 3, day): ("arxiv_pages",) if day < 3 else ("openalex_pages",) for day in range(1, 5)}
    found = chunked(missing)
    assert [(chunk.first.day, chunk.last.day, chunk.assets) for chunk in found] == [
        (1, 2, ("arxiv_pages",)),
        (3, 4, ("openalex_pages",)),
    ]


@pytest.mark.parametrize(
    ("span", "days"),
    [("2021-03-01/2021-03-03", 3), ("2021-03-01/2021-03-01", 1), ("ids:ab/cd", 0), ("file:a/b.jsonl", 0), ("x", 0)],
)
def test_days_of_a_window(span, days):
    assert len(days_of(span)) == days
