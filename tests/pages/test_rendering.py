"""Whole pages: what they show, and that text of strangers stays text."""

from dataclasses import replace

import pytest
from lxml import html

from pipeline.pages import Graph, Neighbours, author_page, paper_page

from .conftest import (
    author_row,
    collaborator_row,
    edge_row,
    listed_row,
    node_row,
    paper_row,
    related_row,
    text_row,
    work_row,
)

HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)>"'><svg onload=alert(3)>{{ 7*7 }}</style></title>"""


def text_of(page, section=None):
    tree = html.fromstring(page)
    found = tree if section is None else tree.get_element_by_id(section)
    for style in found.iter("style"):
        style.drop_tree()
    return " ".join(" ".join(found.itertext()).split())


def hrefs(page):
    return [link.get("href") for link in html.fromstring(page).iter("a")]


def made_hostile(value):
    """The same rows with every free text hostile; ids, kinds and enumerated words stay."""
    kept = {"kind", "status", "component", "affiliation_status", "claim_status", "trust_tier", "verification_level"}
    if isinstance(value, dict):
        return {name: one if name in kept or name.endswith("_id") else made_hostile(one) for name, one in value.items()}
    if isinstance(value, list):
        return [made_hostile(one) for one in value]
    return HOSTILE if isinstance(value, str) else value


def test_the_person_page_shows_every_panel(author_panels):
    page = author_page(author_panels)
    words = text_of(page)
    for shown in (
        "Researcher Ada Nowak",
        "Affiliation not imported · Unclaimed author",
        "Also printed as A. Nowak",
        "Trust 11",
        "Unverified",
        "Verification L1",
        "Of 100",
        "could give 52",
        "What conflict_discount says.",
        "6.00 of 12 x 1, k 1",
        "0.00 of 20 not loaded",
        "trust-1",
        "AAAAAAAAAAAA2",
    ):
        assert shown in words
    figures = html.fromstring(page).xpath("//section[@id='profile']//dl/div")
    assert [(one.findtext("dd"), one.findtext("dt")) for one in figures] == [
        ("1", "work"), ("2", "topics"), ("1", "close collaborator"), ("2", "collaborators"), ("0", "citations"),
        ("2020", "year"),
    ]  # fmt: skip
    assert "Machine Learning" in text_of(page, "profile")
    assert "On the number 1 2021 · preprint · 1 of 3 authors · printed A. Nowak" in text_of(page, "works")
    assert "Close Bo Person1 1 joint work · 2020 · tie 1 Others" in text_of(page, "collaborators")
    assert "University of Numbers institution 1" in text_of(page, "nearby")
    rows = html.fromstring(page).xpath("//section[@id='trust']//tbody/tr/th")
    assert [row.text for row in rows][:3] == ["Claim", "ORCID", "Affiliation"]


def test_what_a_reason_counts_leads_to_its_page(author_panels):
    page = author_page(author_panels, Neighbours(authors={"ABBBBBBBBBBB1"}, papers={"arxiv:2001.00001"}))
    counted = html.fromstring(page).xpath("//section[@id='trust']//details")
    assert [one.findtext("summary").split() for one in counted] == [["3", "pieces", "of", "evidence"]]
    assert [(link.text, link.get("href")) for link in counted[0].iter("a")] == [
        ("On the number 1", "paper-arxiv_2001.00001.html"),
        ("Bo Person1", "author-ABBBBBBBBBBB1.html"),
    ]
    assert "; conflict" in text_of(page, "trust")


def test_the_paper_pages_show_every_panel(paper_panels):
    page = paper_page(paper_panels)
    facts = text_of(page, "paper")
    for shown in (
        "citations 1,234 authors 3 institutions 2",
        "Type preprint",
        "Year 2021, first submitted 2020",
        "Source arXiv, OpenAlex",
        "Access open",
        "Institutions University of Numbers, 2 authors I2",
        "Code https://code.example.org/one",
        "Dataset none known",
    ):
        assert shown in facts
    abstract = text_of(page, "abstract")
    for shown in (
        "Computer Science > Machine Learning",
        "[Submitted on 31 Jan 2020 (v1), last revised 28 Feb 2021 (this version, v2)]",
        "We count to one & back.",
        "Comments 3 pages",
        "Subjects Machine Learning (cs.LG); Machine Learning (stat.ML)",
        "Cite as arXiv:2001.00001 [cs.LG]",
        "arXiv DOI 10.48550/arXiv.2001.00001",
        "Report number NUM-1",
        "From Bo Person1",
        "Journal reference J. Numbers 1 (2021)",
        "Licence CC BY 4.0",
        "v1 · Fri, 31 Jan 2020 20:10:16 UTC · 121",
        "How to cite A. Nowak",
        "@misc{nowak2020number,",
    ):
        assert shown in abstract
    assert "Open access Code No dataset" in text_of(page)
    shared = "Shared references: this paper, which the other cites; Related to 99 ; openalex:W9"
    assert shared in text_of(page, "related")
    assert {"https://arxiv.org/abs/2002.00099", "https://openalex.org/W9"} <= set(hrefs(page))


def test_an_abstract_in_another_language_says_whose_it_is(paper_panels):
    texts = [
        text_row("fr"),
        text_row("zh-Hans", is_machine=True, source="a service", translated_from="en"),
        text_row("de", text=paper_row()["abstract"]),
    ]
    page = paper_page(replace(paper_panels, texts=texts))
    folded = html.fromstring(page).xpath("//section[@id='abstract']/details")
    assert [[" ".join(part.text_content().split()) for part in one] for one in folded] == [
        ["Abstract in French", "An abstract in fr.", "From a record of OpenAlex."],
        [
            "Abstract in Chinese (zh-Hans)",
            "An abstract in zh-Hans.",
            "Translated from English by a machine (a service).",
        ],
    ]
    assert [one.find("p").get("lang") for one in folded] == ["fr", "zh-Hans"]


def test_a_paper_that_was_taken_back_says_so_wherever_it_stands(paper_panels):
    page = paper_page(
        replace(
            paper_panels,
            paper=paper_row(is_withdrawn=True),
            titles=[listed_row(n, is_retracted=n == 1) for n in (*range(1, 46), 99)],
        )
    )
    assert [one.text_content() for one in html.fromstring(page).find_class("alert")] == [
        "Withdrawn",
        *["Retracted"] * 2,
    ]
    assert "Retracted · 2020 · 2 authors · arxiv:2002.00001" in text_of(page, "related")


def test_related_papers_are_twenty_a_page_and_one_page_is_open(paper_panels):
    pages = html.fromstring(paper_page(paper_panels)).xpath("//section[@id='related']/details")
    assert [page.findtext("summary") for page in pages] == ["1 to 20", "21 to 40", "41 to 45"]
    assert [len(page.xpath(".//li")) for page in pages] == [20, 20, 5]
    assert [page.get("open") is not None for page in pages] == [True, False, False]


def test_a_page_needs_nothing_from_elsewhere(author_panels, paper_panels):
    for page in (author_page(author_panels), paper_page(paper_panels)):
        tree = html.fromstring(page)
        assert tree.xpath("//script | //iframe | //object | //embed | //form | //img | //link[@rel='stylesheet']") == []
        assert "url(" not in page
        assert "@import" not in page
        assert "default-src 'none'" in page


def test_text_of_strangers_stays_text(author_panels, paper_panels):
    hostile_author = replace(
        author_panels,
        **{name: made_hostile(getattr(author_panels, name)) for name in ("author", "reasons", "topics", "works")},
        collaborators=made_hostile(author_panels.collaborators),
        graph=Graph(*(made_hostile(rows) for rows in vars(author_panels.graph).values())),
    )
    hostile_paper = replace(
        paper_panels,
        **{name: made_hostile(getattr(paper_panels, name)) for name in ("paper", "related", "titles")},
        graph=Graph(*(made_hostile(rows) for rows in vars(paper_panels.graph).values())),
    )
    for harmless, page in (
        (author_page(author_panels), author_page(hostile_author)),
        (paper_page(paper_panels), paper_page(hostile_paper)),
    ):
        tree = html.fromstring(page)
        assert tree.xpath("//script | //img") == []
        assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
        assert {element.tag for element in tree.iter("*")} <= {
            element.tag for element in html.fromstring(harmless).iter("*")
        }
        assert "{{ 7*7 }}" in page
        assert HOSTILE not in page


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", HOSTILE])
def test_an_address_that_is_not_of_the_web_is_shown_and_not_linked(paper_panels, url):
    paper = paper_row(code_urls=[url], dataset_urls=[url], license=url)
    page = paper_page(replace(paper_panels, paper=paper))
    assert all(href.startswith(("https://", "http://", "#")) for href in hrefs(page))
    assert " ".join(url.split()) in text_of(page, "paper")


def test_pages_link_to_pages_beside_them_and_else_to_where_a_paper_comes_from(author_panels, paper_panels):
    def linked(page):
        return {href for href in hrefs(page) if not href.startswith("#")}

    assert linked(author_page(author_panels)) == {
        "https://arxiv.org/abs/2001.00001",
        "https://arxiv.org/abs/2002.00001",
    }
    beside = Neighbours(authors={"ABBBBBBBBBBB1"}, papers={"arxiv:2001.00001", "arxiv:2002.00001"})
    assert linked(author_page(author_panels, beside)) == {
        "author-ABBBBBBBBBBB1.html",
        "paper-arxiv_2001.00001.html",
        "paper-arxiv_2002.00001.html",
    }
    assert {href for href in linked(paper_page(paper_panels, beside)) if href.endswith(".html")} == {
        "author-ABBBBBBBBBBB1.html",
        "paper-arxiv_2002.00001.html",
    }


def test_topics_of_one_name_are_told_apart_by_their_code(paper_panels):
    graph = Graph(
        edges=[edge_row("topic", 1, "cs.LG"), edge_row("topic", 2, "stat.ML"), edge_row("topic", 3, "cs.AI")],
        nodes=[
            node_row("cs.LG", "topic", "Machine Learning"),
            node_row("stat.ML", "topic", "Machine Learning"),
            node_row("cs.AI", "topic", "Artificial Intelligence"),
        ],
        ties=[],
    )
    page = paper_page(replace(paper_panels, graph=graph))
    labels = html.fromstring(page).xpath("//*[contains(@class, 'label') and contains(@class, 'left')]/text()")
    assert labels == ["Machine Learning (cs.LG)", "Machine Learning (stat.ML)", "Artificial Intelligence"]


def test_more_neighbours_than_are_drawn_are_folded_away(paper_panels):
    ids = [f"A{n}" for n in range(1, 21)]
    graph = Graph(
        edges=[edge_row("author", n, id_) for n, id_ in enumerate(ids, start=1)],
        nodes=[node_row(id_, "person", f"Person {id_}") for id_ in ids],
        ties=[],
    )
    near = html.fromstring(paper_page(replace(paper_panels, graph=graph))).xpath("//section[@aria-label='People']")[0]
    assert near.xpath(".//summary/text()") == ["10 more"]
    assert near.xpath(".//details//span[@class='rank']/text()") == [str(n) for n in range(11, 21)]


def test_same_rows_same_page(author_panels, paper_panels):
    assert author_page(author_panels) == author_page(author_panels)
    assert paper_page(paper_panels) == paper_page(paper_panels)


def test_a_person_of_many_works_and_collaborators_is_cut_with_a_word(author_panels):
    panels = replace(
        author_panels,
        author=author_row(works_count=1500, collaborators_count=900, orcid="0000-0002-1825-0097", affiliation="U & I"),
        works=[work_row(n) for n in range(1, 201)],
        collaborators=[collaborator_row(n) for n in range(1, 61)],
    )
    page = author_page(panels)
    assert "The newest 200 of 1,500." in text_of(page, "works")
    assert "The 60 strongest of 900." in text_of(page, "collaborators")
    assert "U & I · Unclaimed author · ORCID 0000-0002-1825-0097" in text_of(page)
    assert "https://orcid.org/0000-0002-1825-0097" in hrefs(page)


def test_a_page_of_hardly_anything(author_panels, paper_panels):
    nothing = Graph([], [], [])
    author = replace(
        author_panels, author=author_row(first_year=None, last_year=None, kind="placeholder", verification_level="L0"),
        topics=[], works=[], collaborators=[], graph=nothing,
    )  # fmt: skip
    assert "No works." in text_of(author_page(author))
    empty = dict.fromkeys(
        ("abstract", "work_type", "publication_year", "arxiv_id", "doi", "openalex_id", "primary_category",
         "journal_ref", "comments", "submitter", "report_no", "license", "display_year", "first_submitted_year")
    )  # fmt: skip
    paper = paper_row(work_id="openalex:W1", authors=[], versions=[], topics=[], code_urls=[], has_code=False, **empty)
    page = paper_page(replace(paper_panels, paper=paper, related=[], titles=[], graph=nothing))
    for shown in (
        "No abstract was imported.",
        "Type unknown",
        "No versions known.",
        "Licence not imported",
        "None known.",
    ):
        assert shown in text_of(page)
    assert "None " not in text_of(page).replace("None known", "").replace("None near", "")


def test_a_byline_of_thousands_is_folded(paper_panels):
    names = [{"author_id": None, "name": f"N{n}", "position": n} for n in range(1, 3001)]
    page = paper_page(replace(paper_panels, paper=paper_row(authors=names, byline_size=3000)))
    assert html.fromstring(page).xpath("//header//summary/text()") == ["2,970 more"]


def test_withdrawn_and_retracted_are_said(paper_panels):
    page = paper_page(replace(paper_panels, paper=paper_row(is_withdrawn=True, is_retracted=True)))
    assert "Withdrawn Retracted" in text_of(page)


def test_a_neighbour_for_several_reasons_is_listed_once_with_all(paper_panels):
    graph = Graph(
        edges=[
            edge_row("related", 1, "arxiv:2002.00001", reason="words in common"),
            edge_row("cites", 1, "arxiv:2002.00001", reason="is cited"),
            edge_row("near_person", 1, "A3", source_id="A1", reason="writes with the first author"),
            edge_row("cited_by", 2, "arxiv:2001.00001", source_id="arxiv:2002.00002", reason="cites this"),
            edge_row("author", 2, "A2", reason="author 2"),
            edge_row("author", 1, "A1", reason="author 1"),
        ],
        nodes=[
            node_row("arxiv:2002.00001", "paper", "Related"),
            node_row("arxiv:2002.00002", "paper", "Citing"),
            *(node_row(f"A{n}", "person", f"Person {n}") for n in (1, 2, 3)),
        ],
        ties=[],
    )
    page = paper_page(replace(paper_panels, graph=graph))
    lists = html.fromstring(page).xpath("//section[@id='nearby']//ol")
    assert [" ".join(" ".join(item.itertext()).split()) for one in lists for item in one] == [
        "1 Person 1 author 1",
        "2 Person 2 author 2",
        "3 Person 3 writes with the first author",
        "1 Related is cited; words in common",
        "2 Citing cites this",
    ]


def test_rows_of_related_papers_say_why(paper_panels):
    panels = replace(paper_panels, related=[related_row(7)], titles=[listed_row(7, title="Seven & eight")])
    related = text_of(paper_page(panels), "related")
    assert "Seven & eight 2020 · 2 authors · arxiv:2002.00007" in related
    assert "Shared words: number one" in related
