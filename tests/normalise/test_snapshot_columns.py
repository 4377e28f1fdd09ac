"""Lines of a snapshot read as columns: exactly what each of them gives by itself, accepted or rejected."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.names import parse_name
from pipeline.normalise import papers, snapshot
from pipeline.normalise.papers import name_parts, paper_rows, papers_of, version_rows
from pipeline.normalise.snapshot import read_snapshot_lines
from pipeline.sources.parsing import parse_snapshot_lines
from pipeline.sources.records import MAX_NAME_CHARS, printed_name
from pipeline.text import clean

ORIGIN = {"source": "arxiv_snapshot", "page_id": "page", "fetched_at": datetime(2026, 1, 1, tzinfo=UTC)}
LINE = {
    "id": "2002.03532",
    "submitter": "A. Author",
    "authors": "Ann Author and Bob Writer",
    "title": "A title",
    "comments": "12 pages",
    "journal-ref": "J. Test. 1",
    "doi": "10.1000/XYZ",
    "report-no": None,
    "categories": "cs.LG stat.ML",
    "license": None,
    "abstract": "  An abstract\nof two lines.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 10 Feb 2020 03:59:14 GMT"},
        {"version": "v2", "created": "Sun, 28 Feb 2021 01:02:03 GMT"},
    ],
    "update_date": "2021-03-02",
    "authors_parsed": [["Author", "Ann", ""], ["Writer", "Bob", "Jr.", "Somewhere", " ", "Else &amp; where"]],
}

WRONG = st.sampled_from([None, 7, 1.5, True, [], {}, [[]], ["a"], "", " ", "\n", 10**30])
PRINTED = st.one_of(
    st.sampled_from(
        [
            r"Erd\H{o}s and Schr\"odinger",
            "R&amp;D &lt;b&gt; &#233; &amp;amp;lt;",
            "MÃ¶ller, naïve, ﬁnite",
            "tab\there, bell\x07, null\x00, \u202eback",
            "  two\n  lines\r\nand  three ",
            "no-break\u00a0space and \x1f unit",
            "~ ties~of {braces} ``quotes'' `tick`",
            "This paper has been withdrawn by the authors",
            "code at https://github.com/ada/engine, data: zenodo.org/records/1 and HTTPS://KAGGLE.com/c/x",
            "see github.com/ada and https://user@gitlab.example/x/y.",
            r"$\alpha_{1}$ and $x~y$ of~$z$",
            r"cost \$5 and $x_{1}$, {\em not} $y$",
            r"\(a $b\) c$ $d$ \( e \)",
            "$a$ $b {c}",
            "$`a~b\n \\$ {x}'' $",
            "$ 1 & 2 $ and ``$x$''",
            "\U0001d49c \u2028 e\u0301",
            "'; DROP TABLE staging.works; --",
        ]
    ),
    st.text(max_size=30),
    st.text("aA. -'~&;\\{}$\"\n\té", max_size=20),
    st.text("a $\\{}()\n~", max_size=20),
)
NAME = st.one_of(
    st.sampled_from(
        [
            "J.P.Hague",
            "C. -P. Yuan",
            "van der Berg",
            "The ATLAS Collaboration",
            "et al.",
            "Li",
            "MA",
            ":",
            " ",
            "",
            "V.",
        ]
    ),
    st.sampled_from(["Ann", "Müller", "O'Neil", "Garcia-Molina", "Ivanovich", "Jr.", "III", "王伟", r"Garc\'ia"]),
    PRINTED,
    st.just("x" * (MAX_NAME_CHARS + 1)),
)
PERSON = st.one_of(
    st.tuples(NAME, NAME, st.sampled_from(["", "Jr.", " "])).map(list),
    st.lists(st.one_of(NAME, WRONG), max_size=6),
    WRONG,
    st.just("name"),
)
CREATED = st.sampled_from(
    [
        "Mon, 2 Apr 2007 19:18:42 GMT",
        "Mon, 02 Apr 2007 19:18:42 GMT",
        "Xyz, 2 Apr 2007 19:18:42 GMT",
        "Fri, 30 Feb 2007 19:18:42 GMT",
        "Mon, 2 Apr 2007 24:00:00 GMT",
        "Mon, 2 Apr 2007 23:59:60 GMT",
        "Mon, 2 Apr 0007 19:18:42 GMT",
        "Mon, 2 Apr 2007 9:18:42 GMT",
        "Mon, 2 Apr 2007 19:18:42 +0200",
        "Mon,  2 Apr 2007 19:18:42 GMT",
        "2 Apr 2007 19:18:42 GMT",
        "2007-04-02",
        "yesterday",
        "",
    ]
)
VERSION = st.one_of(
    st.fixed_dictionaries(
        {
            "version": st.sampled_from(["v1", "v2", "v3", "v03", "3", "v0", "v1000", "vv1", "+1", "", "v٣"]),
            "created": CREATED,
        }
    ),
    st.fixed_dictionaries({"version": WRONG, "created": CREATED}),
    st.fixed_dictionaries({"version": st.just("v1")}),
    WRONG,
)
FIELDS = {
    "id": st.one_of(
        st.sampled_from(["0704.0001", "math/0309136", "math.GT/0309136", "hep-th/9901001v2", "2113.00001", "x"]), WRONG
    ),
    "title": st.one_of(PRINTED, WRONG),
    "abstract": st.one_of(PRINTED, WRONG),
    "comments": st.one_of(PRINTED, WRONG),
    "journal-ref": st.one_of(PRINTED, WRONG),
    "license": st.one_of(PRINTED, WRONG),
    "submitter": st.one_of(NAME, WRONG),
    "report-no": WRONG,
    "doi": st.one_of(st.sampled_from(["10.1/x", "10.1000/X 10.1000/Y", "doi:10.1000/x,", "none", "10.1000/é"]), WRONG),
    "categories": st.one_of(st.sampled_from(["cs.LG", " cs.LG", "cs.LG  math.CO", "cs.LG\tmath.CO", "é x"]), WRONG),
    "authors": st.one_of(PRINTED, WRONG),
    "authors_parsed": st.one_of(st.lists(PERSON, max_size=4), WRONG),
    "versions": st.one_of(st.lists(VERSION, max_size=3), WRONG),
    "update_date": st.one_of(st.sampled_from(["2021-03-02", "2021-02-30"]), WRONG),
}
CHANGES = st.one_of(
    st.fixed_dictionaries({}, optional={name: FIELDS[name] for name in FIELDS}),
    st.sampled_from(sorted(FIELDS)).flatmap(lambda name: st.fixed_dictionaries({name: FIELDS[name]})),
)
GONE = st.lists(st.sampled_from(sorted(LINE)), max_size=1)


def line(changes, gone=()):
    return json.dumps({name: value for name, value in (LINE | changes).items() if name not in gone}).encode()


LINES = st.one_of(
    st.builds(line, CHANGES, GONE),
    st.just(line({})),
    st.binary(max_size=12),
    st.sampled_from([b"", b"   ", b"[1]", b"null", line({})[:-9], b'{"id": "\\ud800"}', line({}) + line({}), b"\xff"]),
    st.just(line({})[:-1] + b', "id": "0704.0009"}'),
)


def by_line(body):
    """Rows, versions and rejects of a slice, each line read by itself."""
    parsed = parse_snapshot_lines(body)
    one_by_one = papers_of(parsed.records)
    return paper_rows(one_by_one.told, **ORIGIN), version_rows(one_by_one.versions), parsed.rejects, parsed.received


def by_column(body):
    read = read_snapshot_lines(body)
    rows = paper_rows(read.papers.told, **ORIGIN)
    return rows, version_rows(read.papers.versions), read.rejects, rows.height + len(read.rejects)


def assert_same(body):
    (rows, versions, rejects, received), alone = by_column(body), by_line(body)
    assert rows.schema == alone[0].schema
    assert rows.rows() == alone[0].rows()
    assert versions.equals(alone[1])
    assert (rejects, received) == alone[2:]


@settings(max_examples=50, deadline=None)
@given(st.lists(LINES, max_size=6))
def test_a_slice_gives_what_its_lines_give_one_by_one(lines):
    assert_same(b"\n".join(lines))


@pytest.mark.parametrize("version", ["v1000", "v0", "+1", "", "vv1"])
def test_a_number_that_is_no_version_is_no_null(version):
    assert_same(line({"versions": [{"version": version, "created": "Mon, 2 Apr 2007 19:18:42 GMT"}]}))


def test_a_slice_of_nothing_has_the_same_columns():
    for body in (b"", b"\n \n", b"no json"):
        assert_same(body)


def test_plain_lines_are_read_as_columns(monkeypatch):
    lines = [line({"id": f"0704.{n:04d}", "title": title}) for n, title in enumerate(["A title", r"Erd\H{o}s", "é"], 1)]
    monkeypatch.setattr(snapshot, "parse_snapshot_lines", None)
    assert read_snapshot_lines(b"\n".join(lines)).papers.told["title"].to_list() == ["A title", "Erdős", "é"]


def test_plain_names_are_taken_apart_as_columns(monkeypatch):
    monkeypatch.setattr(papers, "parse_name", None)
    assert name_parts(pl.Series(["Ann B. Byron", "C.-P. Müller"])).rows() == [
        ("Ann B. Byron", "Ann B.", "Byron", None, "person"),
        ("C.-P. Müller", "C.-P.", "Müller", None, "person"),
    ]


WORDS = st.sampled_from(
    ["Li", "Ma", "Das", "Nan", "Na", "V.", "A.", "Wei", "O'Neil", "Anne-Marie", "Garcia", "De", "Jr"]
)
"""Words of plain names, with those that have a role elsewhere in any place and number."""


@given(st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), max_size=20))
@settings(max_examples=50, deadline=None)
def test_words_that_have_a_role_elsewhere_have_none_in_a_plain_name(names):
    assert name_parts(pl.Series(names, dtype=pl.String)).rows() == [
        (name.raw, name.given, name.family, name.suffix, name.kind.value) for name in map(parse_name, names)
    ]


@given(st.lists(NAME.filter(lambda name: len(name) <= MAX_NAME_CHARS).map(printed_name).filter(bool), max_size=8))
@settings(max_examples=50, deadline=None)
def test_names_are_taken_apart_as_one_by_one(names):
    parsed = [parse_name(name) for name in names]
    assert name_parts(pl.Series(names, dtype=pl.String)).rows() == [
        (name.raw, name.given, name.family, name.suffix, name.kind.value) for name in parsed
    ]


@given(st.lists(st.one_of(PRINTED, st.none()), max_size=6))
@settings(max_examples=50, deadline=None)
def test_texts_are_cleaned_as_one_by_one(texts):
    cleaned = snapshot._texts(pl.Series(texts, dtype=pl.String))
    assert cleaned.to_list() == [(clean(text) or None) if text is not None else None for text in texts]


def test_real_lines_are_read_alike(shared_data):
    assert_same((shared_data / "data" / "arxiv" / "kaggle_lines.jsonl").read_bytes())


@pytest.mark.parametrize("count", [1, 2, 50])
def test_lines_that_break_rules_keep_their_place(count):
    lines = [line({"id": f"0704.{n:04d}"} | ({"title": ""} if n % 3 == 0 else {})) for n in range(1, count + 1)]
    assert_same(b"\n".join(lines))
