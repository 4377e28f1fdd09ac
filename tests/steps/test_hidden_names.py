"""A hidden name is in no published table, file, log or list; other people of the same name keep theirs."""

import logging
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.names import fold
from pipeline.sources.pages import Source
from pipeline.steps import curating
from pipeline.steps.curating import Signature
from warehouse.withheld import NO_NAME, NO_RECORD

from .bench import START, Bench
from .curated_world import AUTHORS, NAMESAKES, NEW_NAME, OLD_NAME, OLD_WORDS, PAPERS, WORKS
from .small_world import json_lines


def texts(value):
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *texts(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def published_rows(bench):
    """Every row of every table of the published file, whether a contract knows it or not."""
    with bench.warehouse.read() as con:
        tables = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        for (table,) in tables:
            for row in con.execute(f"FROM {table}").fetchall():
                yield table, row
            for row in con.execute(f"SELECT CAST(one AS VARCHAR) FROM {table} AS one").fetchall():
                yield table, row


def leaks(bench):
    """Where the published file prints a word of the old name."""
    return [
        (table, text)
        for table, row in published_rows(bench)
        for text in texts(row)
        if any(word in fold(text) for word in OLD_WORDS)
    ]


def signature(minutes=0):
    return Signature("curator", START + timedelta(days=1, minutes=minutes), f"Known as {OLD_NAME} before.")


def author_of(bench, mention_id):
    return bench.rows("SELECT author_id FROM resolved.author_mentions WHERE mention_id = ?", mention_id)[0][0]


def decide(bench, *pairs):
    with bench.warehouse.write() as con:
        for kind, left, right in pairs:
            curating.decide_pair(con, kind, left, right, signature())


def hide(bench, mention_id, name):
    author_id = author_of(bench, mention_id)
    with bench.warehouse.write() as con:
        return curating.decide_hidden_name(con, author_id, name, signature())


@pytest.fixture(scope="module")
def zoe_decided(tmp_path_factory):
    """The world of the person with two names, built, for copies."""
    bench = Bench(tmp_path_factory.mktemp("zoe"))
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    bench.land(Source.OPENALEX_WORKS, json_lines(WORKS), minutes=1)
    bench.land(Source.OPENALEX_AUTHORS, json_lines(AUTHORS), minutes=2)
    bench.build()
    decide(
        bench,
        ("same", "arxiv:2103.10001#1", "arxiv:2103.10003#1"),
        ("same", "arxiv:2103.10002#2", "arxiv:2103.10003#1"),
        ("same", "arxiv:2103.10001#1", "arxiv:2103.10006#1"),
        ("same", "arxiv:2103.10003#1", "arxiv:2103.10007#1"),
    )
    bench.build(run_id="decided")
    return bench


@pytest.fixture
def zoe(zoe_decided, tmp_path):
    """A copy of that world."""
    return Bench(Path(shutil.copytree(zoe_decided.folder, tmp_path / "zoe")))


@pytest.fixture(scope="module")
def hidden_zoe(zoe_decided, tmp_path_factory):
    """That world with the old name hidden, built and published, and the decision."""
    bench = Bench(Path(shutil.copytree(zoe_decided.folder, tmp_path_factory.mktemp("hidden") / "zoe")))
    noted = hide(bench, "arxiv:2103.10001#1", OLD_NAME)
    bench.build(run_id="hidden")
    bench.warehouse.publish()
    return bench, noted


def test_it_is_in_no_table_and_no_byte_of_the_published_file(zoe, caplog):
    zoe.warehouse.publish()
    tables = {table for table, _ in leaks(zoe)}
    # What this test would not see if the names stood there and were not looked for.
    assert tables >= {
        "staging.mentions",
        "staging.arxiv_records",
        "staging.openalex_works",
        "staging.openalex_authors",
        "staging.rejected",
        "staging.works",
        "marts.papers",
        "marts.authors",
        "marts.author_works",
    }
    assert b"Quarrington" in zoe.warehouse.published_path.read_bytes()
    noted = hide(zoe, "arxiv:2103.10001#1", OLD_NAME)
    with caplog.at_level(logging.DEBUG):
        zoe.build(run_id="hidden")
        zoe.warehouse.publish()
    assert leaks(zoe) == []
    whole = zoe.warehouse.published_path.read_bytes()
    assert [word for word in (b"Quarrington", b"QUARRINGTON", b"ebulon") if word in whole] == []
    assert not any(word in fold(caplog.text) for word in OLD_WORDS)
    assert not any(word in fold(" ".join(noted.remarks)) for word in OLD_WORDS)
    with zoe.warehouse.write() as con:
        assert not any(word in fold(str(curating.listed(con))) for word in OLD_WORDS)


def test_it_is_not_published_even_before_the_next_run(zoe):
    hide(zoe, "arxiv:2103.10001#1", OLD_NAME)
    zoe.warehouse.publish()
    assert leaks(zoe) == []


def test_the_other_name_stands_in_its_place(hidden_zoe):
    zoe, _ = hidden_zoe
    person = author_of(zoe, "arxiv:2103.10003#1")
    assert author_of(zoe, "arxiv:2103.10001#1") == person
    with zoe.warehouse.read() as con:
        assert con.execute(
            "SELECT display_name, name_variants FROM marts.authors WHERE author_id = ?", [person]
        ).fetchall() == [(NEW_NAME, [])]
        assert con.execute(
            "SELECT raw_name, given, family FROM staging.mentions WHERE mention_id = 'arxiv:2103.10001#1'"
        ).fetchall() == [(NEW_NAME, "Zoe", "Marlowe")]
        ((authors, bibtex, comments),) = con.execute(
            "SELECT [one.name FOR one IN authors], bibtex, comments FROM marts.papers"
            " WHERE work_id = 'arxiv:2103.10001'"
        ).fetchall()
        assert authors == [NEW_NAME, "Adaeze Okonkwo"]
        assert "{marlowe2021gears" in bibtex
        assert "Marlowe, Zoe and Okonkwo, Adaeze" in bibtex
        assert comments == "PhD thesis of Zoe Marlowe, 90 pages"
        ((reply,),) = con.execute("SELECT abstract FROM marts.papers WHERE work_id = 'arxiv:2103.10004'").fetchall()
        assert reply == "We reply to (Marlowe, Zoe) and to Zoe Marlowe."
        assert con.execute("SELECT DISTINCT value FROM resolved.corrections").fetchall() == [(None,)]
        assert con.execute("SELECT DISTINCT payload FROM staging.rejected").fetchall() == [(NO_RECORD,)]
    assert zoe.rows("SELECT raw_name FROM staging.mentions WHERE mention_id = 'arxiv:2103.10001#1'") == [
        ("Zebulon Quarrington",)
    ]


def test_nothing_else_changes_and_withdrawing_brings_it_back(zoe_decided, hidden_zoe, tmp_path):
    before = zoe_decided.contents()
    built, noted = hidden_zoe
    zoe = Bench(Path(shutil.copytree(built.folder, tmp_path / "zoe")))
    hidden = zoe.contents()
    assert hidden["resolved.author_mentions"] == before["resolved.author_mentions"]
    # Two given names were a conflict; now somebody has said that they are one person's.
    conflicts = [
        [row for row in tables["marts.trust_reasons"] if "further_given_name:zebulon" in str(row)]
        for tables in (before, hidden)
    ]
    assert [len(rows) for rows in conflicts] == [1, 0]
    assert hidden["staging.mentions"] == before["staging.mentions"]
    with zoe.warehouse.write() as con:
        curating.settle(con, noted.correction_id, "withdrawn", signature())
    zoe.build(run_id="back")
    after = zoe.contents()
    shown = [name for name in after if name.startswith(("staging.", "marts."))]
    assert [name for name in shown if after[name] != before[name]] == []
    zoe.warehouse.publish()
    with zoe.warehouse.read() as con:
        assert con.execute("SELECT value, status FROM resolved.corrections WHERE kind = 'hide_name'").fetchall() == [
            (None, "withdrawn")
        ]


def test_a_name_that_only_openalex_prints_can_be_hidden(zoe):
    noted = hide(zoe, "arxiv:2103.10003#1", "Z. Marlowe")
    zoe.build(run_id="hidden")
    zoe.warehouse.publish()
    assert [found for found in published_rows(zoe) if "z marlowe" in fold(str(found))] == []
    ((anchor,),) = zoe.rows(
        "SELECT mention_id_l FROM resolved.corrections WHERE correction_id = ?", noted.correction_id
    )
    assert author_of(zoe, anchor) == author_of(zoe, "arxiv:2103.10003#1")


def test_somebody_without_another_name_is_shown_without_one(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS[:1]))
    bench.build()
    hide(bench, "arxiv:2103.10001#1", "Zebulon Quarrington")
    bench.build(run_id="hidden")
    bench.warehouse.publish()
    assert leaks(bench) == []
    with bench.warehouse.read() as con:
        assert con.execute("SELECT [one.name FOR one IN authors] FROM marts.papers").fetchall() == [
            ([NO_NAME, "Adaeze Okonkwo"],)
        ]
        assert con.execute("SELECT count(*) FROM marts.authors WHERE display_name = ?", [NO_NAME]).fetchall() == [(1,)]


def test_a_namesake_keeps_the_name(bench):
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(NAMESAKES))
    bench.build()
    decide(
        bench,
        ("same", "arxiv:2103.20001#1", "arxiv:2103.20003#1"),
        ("different", "arxiv:2103.20001#1", "arxiv:2103.20002#1"),
    )
    bench.build(run_id="decided")
    hide(bench, "arxiv:2103.20001#1", "Noor Castellan")
    bench.build(run_id="hidden")
    bench.warehouse.publish()
    with bench.warehouse.read() as con:
        names = dict(con.execute("SELECT work_id, authors[1].name FROM marts.papers ORDER BY work_id").fetchall())
        printed = dict(con.execute("SELECT arxiv_id, byline[1].raw_name FROM staging.arxiv_records").fetchall())
        shown = con.execute(
            "SELECT DISTINCT display_name FROM marts.collaborators WHERE display_name ILIKE '%castellan' ORDER BY 1"
        ).fetchall()
        bibtex = dict(con.execute("SELECT work_id, bibtex FROM marts.papers").fetchall())
    assert names == {
        "arxiv:2103.20001": "Nora Castellan",
        "arxiv:2103.20002": "Noor Castellan",
        "arxiv:2103.20003": "Nora Castellan",
    }
    assert printed == {
        "2103.20001": "Nora Castellan",
        "2103.20002": "Noor Castellan",
        "2103.20003": "Nora Castellan",
    }
    assert shown == [("Noor Castellan",), ("Nora Castellan",)]
    assert ["Castellan, Noor" in bibtex[f"arxiv:2103.2000{n}"] for n in (1, 2, 3)] == [False, True, False]
