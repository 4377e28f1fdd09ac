"""Panels in, one self-contained HTML text out.

What belongs here: the template engine and what each page hands to its template. What does not: files, the warehouse.

Everything a page shows is text of strangers. The templates escape all of it, an address becomes a link only when it is
of the web, and the page's own policy lets a browser load and run nothing.
"""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.pages import links, views, words
from pipeline.pages.links import Neighbours
from pipeline.pages.nearby import graph_slice
from pipeline.pages.panels import AuthorPanels, PaperPanels

ALONE: Final = Neighbours()

TIER_ENDS: Final = (32.5, 60.5, 80.5)
"""Where one tier ends and the next begins, on the scale of the score."""


@cache
def environment() -> Environment:
    """The templates of this package, with escaping on and an error for a name that is not there."""
    made = Environment(
        loader=PackageLoader("pipeline.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "arxiv_doi": links.arxiv_doi,
        "arxiv_url": links.arxiv_url,
        "arxiv_pdf_url": links.arxiv_pdf_url,
        "doi_url": links.doi_url,
        "openalex_url": links.openalex_url,
        "orcid_url": links.orcid_url,
        "web_link": links.web_link,
        "counted": words.counted,
        "cut": words.cut,
        "amount": words.amount,
        "evidence": views.evidence,
        "language": words.language,
        "standing": views.standing,
        "kilobytes": words.kilobytes,
        "licence": words.licence,
        "moment": words.moment_utc,
        "points": words.points,
    }
    made.globals |= {"years": views.years}
    return made


def author_page(panels: AuthorPanels, beside: Neighbours = ALONE) -> str:
    """The researcher's page: profile, trust, works, collaborators, nearby.

    Args:
        panels: What the marts hold about the person.
        beside: Which other pages lie in the same folder; authors elsewhere are not linked to.
    """
    author = panels.author
    close = [one for one in panels.collaborators if one["is_close"]]
    others = [one for one in panels.collaborators if not one["is_close"]]
    return environment().get_template("author.html.j2").render(
        author=author,
        beside=beside,
        sections=[(name.lower(), name) for name in ("Profile", "Trust", "Works", "Collaborators", "Nearby")],
        figures=views.author_figures(author),
        topics=list(dict.fromkeys(topic["topic_name"] for topic in panels.topics)),
        reasons=panels.reasons,
        names=views.names(panels),
        works=views.chunks(panels.works),
        collaborators=[(title, people) for title, people in (("Close", close), ("Others", others)) if people],
        collaborators_shown=len(panels.collaborators),
        slice=graph_slice(author["author_id"], author["display_name"], panels.graph, beside),
        claims=words.CLAIMS,
        components=words.COMPONENTS,
        levels=words.LEVELS,
        no_affiliation=words.NO_AFFILIATION,
        tier_ends=TIER_ENDS,
        tiers=words.TIERS,
    )  # fmt: skip


def paper_page(panels: PaperPanels, beside: Neighbours = ALONE) -> str:
    """The paper's pages in one: the paper, the abstract as arXiv shows it, related papers, nearby.

    Args:
        panels: What the marts hold about the paper.
        beside: Which other pages lie in the same folder; authors elsewhere are not linked to.
    """
    paper = panels.paper
    return environment().get_template("paper.html.j2").render(
        paper=paper,
        beside=beside,
        sections=[("paper", "Paper"), ("abstract", "Abstract"), ("related", "Related papers"), ("nearby", "Nearby")],
        shown_authors=views.LONGEST_SHOWN_BYLINE,
        figures=views.paper_figures(paper),
        topics=views.topics(paper),
        archive=views.archive(paper),
        dateline=views.dateline(paper),
        subjects=views.subjects(paper),
        texts=views.other_texts(paper, panels.texts),
        arxiv_citation=views.arxiv_citation(paper),
        citation=views.citation(paper),
        related=views.chunks(panels.related),
        listed={one["work_id"]: one for one in panels.titles},
        slice=graph_slice(paper["work_id"], paper["title"], panels.graph, beside),
    )  # fmt: skip
