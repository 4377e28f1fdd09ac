"""BibTeX entries: what they look like, and that a reader gets back what went in, whatever the text."""

import re
import string
from itertools import accumulate

import bibtexparser
import polars as pl
import pytest
from bibtexparser import middlewares
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.metrics import MetricsInputError, author_name, bibtex, bibtex_entries, entry_key
from pipeline.metrics.schemas import BIBTEX, BIBTEX_NAMES, BIBTEX_WORKS


def parsed(entry: str) -> dict[str, str]:
    """Fields of the only entry, with its type and key; braces must match, escaped ones counted or not."""
    for braces in (re.findall(r"[{}]", entry), re.findall(r"(?<!\\)[{}]", entry)):
        depths = list(accumulate(1 if brace == "{" else -1 for brace in braces))
        assert all(depth > 0 for depth in depths[:-1])
        assert depths[-1] == 0
    library = bibtexparser.parse_string(entry)
    assert not library.failed_blocks
    assert len(library.blocks) == len(library.entries) == 1
    fields = {name: field.value for name, field in library.entries[0].fields_dict.items()}
    return {"type": library.entries[0].entry_type, "key": library.entries[0].key, **fields}


COMMANDS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciicircum": "^",
    "textasciitilde": "~",
}
TOKEN = re.compile(
    r"\{\\(?P<command>text[a-z]+)\}|\\(?P<escaped>[%&#_${}])|(?P<formula>\$(?:\\.|[^$\\])+\$|\\\(.+?\\\))"
    r"|(?P<group>[{}])|(?P<text>[^\\{}$])"
)


def read(value: str) -> str:
    """What TeX would print, formulas left as they are; fails on anything TeX would trip over."""
    printed, end = [], 0
    for token in TOKEN.finditer(value):
        assert token.start() == end, value[end : token.start()]
        end = token.end()
        match token.lastgroup:
            case "command":
                printed.append(COMMANDS[token["command"]])
            case "group":
                continue
            case _:
                printed.append(token[str(token.lastgroup)])
                assert token.lastgroup == "formula" or token[0] not in "%&#_^~"
    assert end == len(value)
    return "".join(printed)


def title_of(title: str) -> str:
    entry = bibtex(title=title, authors=["Singh, Ann"], first_author="Singh", year=2020, arxiv_id="2001.00001")
    return parsed(entry)["title"]


def one_line(text: str) -> str:
    """The text as an entry keeps it: control characters and lone surrogates are spaces, runs are one."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text)
    return " ".join(text.split()) if not text.isprintable() or "  " in text else text.strip()


# --------------------------------------------------------------------------------------- whole entries


def test_preprint_is_misc_with_its_eprint() -> None:
    entry = bibtex(
        title="Understanding and Improving Knowledge Distillation",
        authors=[author_name("Jiaxi", "Tang"), author_name("Ed H.", "Chi")],
        first_author="Tang",
        year=2021,
        arxiv_id="2002.03532",
        primary_category="cs.LG",
    )
    assert entry == (
        "@misc{tang2021understanding,\n"
        "  title = {Understanding and Improving Knowledge Distillation},\n"
        "  author = {Tang, Jiaxi and Chi, Ed H.},\n"
        "  year = {2021},\n"
        "  eprint = {2002.03532},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.LG},\n"
        "  url = {https://arxiv.org/abs/2002.03532}\n"
        "}"
    )


@pytest.mark.parametrize(
    ("fields", "kind", "journal"),
    [
        ({}, "misc", None),
        ({"venue": "Nature"}, "misc", None),
        ({"doi": "10.1/x"}, "misc", None),
        ({"venue": "arXiv (Cornell University)", "doi": "10.48550/arXiv.2001.00001"}, "misc", None),
        ({"venue": "Nature", "doi": "10.1/x"}, "article", "Nature"),
        ({"journal_ref": "Nature 1 (2020) 2"}, "article", "Nature 1 (2020) 2"),
        ({"journal_ref": "Nature 1 (2020) 2", "venue": "Nature", "doi": "10.1/x"}, "article", "Nature"),
    ],
)
def test_published_work_is_an_article(fields: dict[str, str], kind: str, journal: str | None) -> None:
    entry = parsed(bibtex(title="T", authors=["A, B"], first_author="A", arxiv_id="2001.00001", **fields))
    assert entry["type"] == kind
    assert entry.get("journal") == journal
    assert entry["eprint"] == "2001.00001"
    assert entry.get("note") == (fields["journal_ref"] if len(fields) == 3 else None)


def test_work_outside_arxiv_links_to_its_doi_and_says_where_it_appeared() -> None:
    entry = parsed(
        bibtex(title="T", authors=[], first_author=None, doi="10.1002/(SICI)1<2::AID-{X}>3.0 4", venue="Talks")
    )
    assert entry["doi"] == "10.1002/(SICI)1<2::AID-%7BX%7D>3.0%204"
    assert entry["url"] == "https://doi.org/" + entry["doi"]
    assert parsed(bibtex(title="T", authors=[], first_author=None, venue="Talks"))["howpublished"] == "Talks"
    assert "author" not in entry
    assert "eprint" not in entry


@pytest.mark.parametrize(
    ("family", "year", "title", "key"),
    [
        ("Singh", 2020, "On the Theory of Everything", "singh2020theory"),
        ("di Matteo", 2019, "A k-means tale", "dimatteo2019k"),
        ("Müller", 2001, "Über alles", "muller2001uber"),
        ("O'Brien", None, "The of", "obrienthe"),
        ("王", 2024, "深度学习", "wang2024shenduxuexi"),
        (None, None, "$$", "200100001"),
    ],
)
def test_key_is_family_year_word_in_ascii(family: str | None, year: int | None, title: str, key: str) -> None:
    assert entry_key(family, year, title, "2001.00001") == key
    assert entry_key(None, None, "?") == "work"


@given(st.text(), st.one_of(st.none(), st.integers(0, 9999)), st.text())
def test_key_is_never_empty_nor_anything_but_letters_and_digits(family: str, year: int | None, title: str) -> None:
    assert re.fullmatch("[a-z0-9]+", entry_key(family, year, title))


# ---------------------------------------------------------------------------------------------- titles


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Plain words, no more", "Plain words, no more"),
        ("100% of R&D #1 a_b", r"100\% of R\&D \#1 a\_b"),
        ("BERT: ImageNet for T-CNN Low-Rank", "{BERT}: {ImageNet} for T-{CNN} Low-Rank"),
        ("{x} ~ ^ \\", r"\{x\} {\textasciitilde} {\textasciicircum} {\textbackslash}"),
        (r"Mass of $\Lambda_{\alpha}$ and \(x^2\)", r"Mass of $\Lambda_{\alpha}$ and \(x^2\)"),
        ("From $5 and $10 to $ 3 $", r"From \$5 and \$10 to \$ 3 \$"),
        (r"$\{a\}$ but $}{$", r"$\{a\}$ but \${\textbraceright}{\textbraceleft}\$"),
        ("a {b {c} d", r"a {\textbraceleft}b \{c\} d"),
        ("$a%b$", r"\$a\%b\$"),
        (r"\$\alpha\$", r"{\textbackslash}\${\textbackslash}alpha{\textbackslash}\$"),
        ("two\nlines\x00 and\ta tab", "two lines and a tab"),
        ("Ünïcode 深度 …", "Ünïcode 深度 …"),
    ],
)
def test_titles_are_escaped_and_formulas_kept(title: str, written: str) -> None:
    assert title_of(title) == written
    assert read(written) == one_line(title)


HOSTILE = st.text(
    st.one_of(
        st.sampled_from(r"\{}$%&#_^~\"@,=()\n '-"),
        st.sampled_from(string.ascii_letters + "éß中 "),
        st.characters(),
    ),
    max_size=40,
)


@given(HOSTILE)
@example(r"\textbackslash{}")
@example("@article{x,\n title = {y}}")
@example("a } , year = {1999}, z = {")
@example('"quoted" = {')
@example("$\\{$ } $\\}$")
@example("\\($x\\)$")
@settings(deadline=None, max_examples=300)
def test_hostile_titles_come_back_as_they_went_in(title: str) -> None:
    entry = bibtex(
        title=title, authors=[author_name(title, title)], first_author=title, year=2020,
        arxiv_id="2001.00001", venue=title, doi=title, journal_ref=title,
    )  # fmt: skip
    fields = parsed(entry)
    assert read(fields.get("title", "")) == one_line(title)
    assert read(fields.get("journal", "")) == one_line(title)
    assert fields["year"] == "2020"
    assert fields["eprint"] == "2001.00001"


@pytest.mark.parametrize("title", ["50% of R&D: {braces}, a\\b", "ImageNet #1 in_the wild", "Équations $x$ and more"])
def test_bibtexparsers_own_decoder_reads_the_titles(title: str) -> None:
    entry = bibtex(title=title, authors=["A, B"], first_author="A")
    library = bibtexparser.parse_string(entry, append_middleware=[middlewares.LatexDecodingMiddleware()])
    assert library.entries[0].fields_dict["title"].value.replace("$", "") == title.replace("$", "")


# ----------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (author_name("Ed H.", "Chi"), "Chi, Ed H."),
        (author_name("Anna", "di Matteo"), "di Matteo, Anna"),
        (author_name("John", "Smith", suffix="Jr."), "Smith, Jr., John"),
        (
            author_name(None, None, raw_name="The ATLAS Collaboration", is_person=False),
            "{The ATLAS Collaboration}",
        ),
        (author_name(None, "Plato", raw_name="Plato"), "Plato"),
        (author_name(None, "Wang Wei", raw_name="Wang Wei"), "{Wang Wei}"),
        (author_name(None, "others"), "{others}"),
        (author_name("Sense", "Science and"), "{Science and}, Sense"),
        (author_name("B, C", "A"), "A, {B, C}"),
        (author_name("K_", "{X"), r"{{\textbraceleft}X}, {K\_}"),
        (author_name("_K", "{X}"), r"{\{X\}}, {\_K}"),
    ],
)
def test_names(name: str, written: str) -> None:
    assert name == written


NAME_PART = st.text(st.sampled_from("aBé,.-' and{}\\%&中"), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip())
)


@given(st.lists(st.tuples(NAME_PART, NAME_PART), min_size=1, max_size=4))
@example([("and", "and"), ("others", "others")])
@example([("B &", "&"), ("& B", "B & and &")])
@settings(deadline=None, max_examples=300)
def test_a_reader_finds_as_many_authors_as_there_are(names: list[tuple[str, str]]) -> None:
    entry = bibtex(title="T", authors=[author_name(given, family) for given, family in names], first_author="x")
    stack = [middlewares.SeparateCoAuthors()]
    library = bibtexparser.parse_string(entry, append_middleware=stack)
    assert not library.failed_blocks
    found = library.entries[0].fields_dict["author"].value
    assert [read(author) for author in found] == [f"{one_line(family)}, {one_line(given)}" for given, family in names]


# ---------------------------------------------------------------------------------------------- frames


def frames() -> tuple[pl.DataFrame, pl.DataFrame]:
    works = pl.DataFrame(
        [
            ("arxiv:2", "Second & last", 2021, "2", "cs.LG", None, None, None),
            ("arxiv:1", "First", None, "1", None, None, None, "J. 1"),
            ("openalex:W3", None, None, None, None, None, None, None),
        ],
        schema=dict(BIBTEX_WORKS),
        orient="row",
    )
    names = pl.DataFrame(
        [
            ("arxiv:2", 2, "The X Collaboration", None, None, None, "group"),
            ("arxiv:2", 1, "Ann B", "Ann", "B", None, "person"),
            ("arxiv:1", 1, "The X Collaboration", None, None, None, "group"),
            ("arxiv:1", 3, "Bo C Jr.", "Bo", "C", "Jr.", "person"),
        ],
        schema=dict(BIBTEX_NAMES),
        orient="row",
    )
    return works, names


def test_entries_of_a_frame_are_those_of_the_function_sorted_by_work() -> None:
    works, names = frames()
    entries = bibtex_entries(works, names.sample(fraction=1, shuffle=True, seed=1))
    group = "{The X Collaboration}"
    assert entries.rows() == [
        (
            "arxiv:1",
            bibtex(
                title="First", authors=[group, "C, Jr., Bo"], first_author="The X Collaboration",
                arxiv_id="1",
                journal_ref="J. 1",
            ),
        ),
        (
            "arxiv:2",
            bibtex(
                title="Second & last", authors=["B, Ann", group], first_author="B", year=2021, arxiv_id="2",
                primary_category="cs.LG",
            ),
        ),
        ("openalex:W3", "@misc{work,\n\n}"),
    ]  # fmt: skip
    assert parsed(entries["bibtex"][1])["key"] == "b2021second"


def test_empty_in_empty_out() -> None:
    entries = bibtex_entries(pl.DataFrame(schema=dict(BIBTEX_WORKS)), pl.DataFrame(schema=dict(BIBTEX_NAMES)))
    assert (entries.height, dict(entries.schema)) == (0, BIBTEX)


def test_a_missing_column_is_named() -> None:
    works, names = frames()
    with pytest.raises(MetricsInputError, match="names has no column suffix"):
        bibtex_entries(works, names.drop("suffix"))
