"""One paper through three doors is one record, in the fields the doors share."""

import json
from xml.sax.saxutils import escape

import pytest

from pipeline.sources.pages import Source
from pipeline.sources.parsing import parse_page

TITLE = r"On the Erd\H{o}s--Schr\"odinger problem in $\mathbb{R}^2$"
ABSTRACT = "  We answer a question of P\\'olya &\n  others, for $x < 3$.\n"
COMMENTS = "12 pages;\n  withdrawn figures restored"
BYLINE = r"P\'al Erd\H{o}s, C.-P. Yuan, Mar{\'\i}a Garc\'ia L\'opez and Wei Zhang"
PARSED = [["Erdős", "Pál", ""], ["Yuan", "C. -P.", ""], ["López", "María García", ""], ["Zhang", "Wei", ""]]
NAMES = ["Pál Erdős", "C.-P. Yuan", "María García López", "Wei Zhang"]
DATES = ["Mon, 10 Feb 2020 03:59:14 GMT", "Sun, 28 Feb 2021 01:02:03 GMT"]

SNAPSHOT = json.dumps(
    {
        "id": "2002.03532",
        "submitter": r"P\'al Erd\H{o}s",
        "authors": BYLINE,
        "title": TITLE,
        "comments": COMMENTS,
        "journal-ref": "J. Test. 1 (2021)\n  1-12",
        "doi": "10.1000/XYZ",
        "report-no": "TR-1",
        "categories": "math.NT cs.LG",
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "abstract": ABSTRACT,
        "versions": [{"version": f"v{n}", "created": date} for n, date in enumerate(DATES, start=1)],
        "update_date": "2021-03-02",
        "authors_parsed": PARSED,
    }
).encode()

RAW = f"""<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record>
<header><identifier>oai:arXiv.org:2002.03532</identifier></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2002.03532</id><submitter>P\\'al Erd\\H{{o}}s</submitter>
<version version="v2"><date>{DATES[1]}</date><size>20kb</size></version>
<version version="v1"><date>{DATES[0]}</date><size>18kb</size><source_type>D</source_type></version>
<title>{escape(TITLE)}</title><authors>{escape(BYLINE)}</authors><categories>math.NT cs.LG</categories>
<comments>{escape(COMMENTS)}</comments><journal-ref>J. Test. 1 (2021) 1-12</journal-ref><doi>10.1000/XYZ</doi>
<report-no>TR-1</report-no><license>http://creativecommons.org/licenses/by/4.0/</license>
<acm-class>11A41</acm-class><abstract>{escape(ABSTRACT)}</abstract></arXivRaw>
</metadata></record></ListRecords></OAI-PMH>""".encode()

SPLIT_AUTHORS = "".join(
    f"<author><keyname>{family}</keyname><forenames>{given}</forenames></author>" for family, given, _ in PARSED
)
SPLIT = f"""<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord><record>
<header><identifier>oai:arXiv.org:2002.03532</identifier></header><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2002.03532</id><created>2020-02-10</created>
<updated>2021-02-28</updated><authors>{SPLIT_AUTHORS}</authors><title>{escape(TITLE)}</title>
<categories>math.NT cs.LG</categories><comments>{escape(COMMENTS)}</comments>
<journal-ref>J. Test. 1 (2021) 1-12</journal-ref><doi>10.1000/XYZ</doi><report-no>TR-1</report-no>
<license>http://creativecommons.org/licenses/by/4.0/</license><acm-class>11A41</acm-class>
<abstract>{escape(ABSTRACT)}</abstract></arXiv></metadata></record></GetRecord></OAI-PMH>""".encode()

ATOM_AUTHORS = "".join(f"<author><name>{given} {family}</name></author>" for family, given, _ in PARSED)
ATOM = f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns="http://www.w3.org/2005/Atom"><opensearch:totalResults>1</opensearch:totalResults><entry>
<id>http://arxiv.org/abs/2002.03532v2</id><title>{escape(TITLE)}</title>
<updated>2021-02-28T01:02:03Z</updated><published>2020-02-10T03:59:14Z</published>
<summary>{escape(ABSTRACT)}</summary><category term="cs.LG"/><category term="math.NT"/>
<arxiv:comment>{escape(COMMENTS)}</arxiv:comment><arxiv:primary_category term="math.NT"/>
<arxiv:journal_ref>J. Test. 1 (2021) 1-12</arxiv:journal_ref>{ATOM_AUTHORS}<arxiv:doi>10.1000/XYZ</arxiv:doi>
</entry></feed>""".encode()

ALL = ("arxiv_id", "title", "abstract", "comments", "journal_ref", "doi", "authors", "categories",
       "primary_category", "is_withdrawn")  # fmt: skip
TIMES = ("version", "first_submitted_at", "last_updated_at")
OAI = ("license", "report_no", "submitter")


def record(source, body):
    page = parse_page(source, body)
    assert page.rejects == []
    return page.records[0]


@pytest.fixture(scope="module")
def snapshot():
    return record(Source.ARXIV_SNAPSHOT, SNAPSHOT)


def test_the_record_is_right(snapshot):
    assert snapshot.title == r"On the Erdős--Schrödinger problem in $\mathbb{R}^2$"
    assert snapshot.abstract == "We answer a question of Pólya & others, for $x < 3$."
    assert [author.name for author in snapshot.authors] == NAMES
    assert snapshot.doi == "10.1000/xyz"
    assert snapshot.comments == "12 pages; withdrawn figures restored"
    assert not snapshot.is_withdrawn


@pytest.mark.parametrize(
    ("source", "body", "fields"),
    [
        (Source.ARXIV_ATOM, ATOM, ALL + TIMES),
        (Source.ARXIV_OAI, RAW, ALL + TIMES + OAI),
        (Source.ARXIV_OAI, SPLIT, (*ALL, "license", "report_no")),
    ],
    ids=["atom", "arXivRaw", "arXiv"],
)
def test_every_door_tells_the_same(snapshot, source, body, fields):
    other = record(source, body)
    assert {field: getattr(other, field) for field in fields} == {field: getattr(snapshot, field) for field in fields}


def test_doors_differ_only_in_what_they_do_not_tell(snapshot):
    raw, split, atom = (
        record(Source.ARXIV_OAI, RAW),
        record(Source.ARXIV_OAI, SPLIT),
        record(Source.ARXIV_ATOM, ATOM),
    )
    assert [(v.version, v.submitted_at) for v in raw.versions] == [
        (v.version, v.submitted_at) for v in snapshot.versions
    ]
    assert [v.size_bytes for v in raw.versions] == [18 * 1024, 20 * 1024]
    assert [(v.version, v.submitted_at) for v in atom.versions] == [
        (v.version, v.submitted_at) for v in snapshot.versions
    ]
    assert (split.version, split.versions) == (None, [])
    assert split.first_submitted_at.date() == snapshot.first_submitted_at.date()


@pytest.mark.parametrize("element", ["", "<arxiv:primary_category/>", '<arxiv:primary_category term=""/>'])
def test_a_feed_that_names_no_primary_category_has_its_first_one(element):
    found = record(Source.ARXIV_ATOM, ATOM.replace(b'<arxiv:primary_category term="math.NT"/>', element.encode()))
    assert (found.primary_category, found.categories) == ("cs.LG", ["cs.LG", "math.NT"])


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b"<published>2020-02-10T03:59:14Z</published>", b"", "bad_date"),
        (b"2020-02-10T03:59:14Z", b"2020-02-30T03:59:14Z", "bad_date"),
        (b"http://arxiv.org/abs/2002.03532v2", b"http://arxiv.org/abs/../../x", "bad_arxiv_id"),
        (ATOM_AUTHORS.encode(), b"", "no_authors"),
        (escape(TITLE).encode(), b" ", "missing_title"),
    ],
)
def test_a_broken_entry_is_a_reject(old, new, rule):
    assert old in ATOM
    page = parse_page(Source.ARXIV_ATOM, ATOM.replace(old, new))
    assert (page.records, [reject.rule for reject in page.rejects]) == ([], [rule])


@pytest.mark.parametrize("source", [Source.ARXIV_ATOM, Source.ARXIV_OAI])
@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Please wait</body></html>",
        b"",
        ATOM[:-40],
        RAW[:-40],
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    ],
)
def test_a_page_that_is_none_is_an_error(source, body):
    with pytest.raises(ValueError, match=r"XML|HTML"):
        parse_page(source, body)


def test_entity_bombs_are_refused_inside_a_feed():
    bomb = (
        b'<!DOCTYPE feed [<!ENTITY a "'
        + b"x" * 1000
        + b'">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(9))
        + b"]>"
    )
    head, _, rest = ATOM.partition(b"?>")
    with pytest.raises(ValueError, match=r"document type|well-formed"):
        parse_page(Source.ARXIV_ATOM, head + b"?>" + bomb + rest.replace(b"Wei Zhang", b"&a8;"))


def test_unknown_sources_are_named():
    with pytest.raises(ValueError, match="no source 'arxiv_rss'"):
        parse_page("arxiv_rss", b"")
