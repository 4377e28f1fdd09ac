"""What a page says that is not a column as it stands: subjects, citations, pages of a list, the nearby.

What belongs here: rows in, small values for the templates out. What does not: HTML, reading.
"""

from dataclasses import dataclass
from typing import Final

from pipeline.pages.links import doi_url
from pipeline.pages.panels import AuthorPanels, Row, Rows
from pipeline.pages.words import counted
from pipeline.taxonomy import category

PAGE: Final = 20
"""Related papers of a page."""

LONGEST_BYLINE: Final = 10
"""Names a citation has before it counts the rest."""

LONGEST_SHOWN_BYLINE: Final = 30
"""Names a paper's page shows before the rest is folded away."""


@dataclass(frozen=True)
class Chunk:
    """A page of a list: its rows and their 1-based places."""

    first: int
    last: int
    rows: Rows


def chunks(rows: Rows) -> list[Chunk]:
    """A list in pages of 20."""
    return [
        Chunk(start + 1, start + len(rows[start : start + PAGE]), rows[start : start + PAGE])
        for start in range(0, len(rows), PAGE)
    ]


def author_figures(author: Row) -> list[tuple[str, str]]:
    """The counts of a profile, each with what it counts."""
    span = years(author["first_year"], author["last_year"])
    return [
        count(author["works_count"], "work", "works"),
        count(author["topics_count"], "topic", "topics"),
        count(author["close_collaborators_count"], "close collaborator", "close collaborators"),
        count(author["collaborators_count"], "collaborator", "collaborators"),
        count(author["cited_by_count"], "citation", "citations"),
        *([(span, "year" if author["first_year"] == author["last_year"] else "years")] if span else []),
    ]


def names(panels: AuthorPanels) -> dict[str, str]:
    """What the page calls works, their mentions of the author, and collaborators, by their ids."""
    return (
        {one["collaborator_id"]: one["display_name"] for one in panels.collaborators}
        | {one["work_id"]: one["title"] for one in panels.works}
        | {one["mention_id"]: one["title"] for one in panels.works}
    )


def evidence(reason: Row) -> str:
    """How much a trust reason lists of what it counted: all, or the first of more; years are not listed one by one."""
    listed = counted(len(reason["evidence_ids"]), "piece of evidence", "pieces of evidence")
    is_cut = reason["component"] not in {"claim", "history"} and reason["x"] > len(reason["evidence_ids"])
    return f"The first {listed}" if is_cut else listed


def paper_figures(paper: Row) -> list[tuple[str, str]]:
    """The counts of a paper, each with what it counts."""
    return [
        count(paper["cited_by_count"], "citation", "citations"),
        count(paper["byline_size"], "author", "authors"),
        count(paper["institutions_count"], "institution", "institutions"),
    ]


def count(number: int, one: str, many: str) -> tuple[str, str]:
    """A count and its noun."""
    return f"{number:,}", one if number == 1 else many


def other_texts(paper: Row, texts: Rows) -> list[Row]:
    """The titles and abstracts in other languages that are not those which the page shows anyway."""
    return [one for one in texts if one["text"] != paper[one["kind"]]]


def standing(paper: Row) -> list[str]:
    """Whether a paper was taken back, in words: empty for almost all."""
    return [word for word in ("withdrawn", "retracted") if paper[f"is_{word}"]]


def archive(paper: Row) -> str | None:
    """Where arXiv files a paper, such as `Computer Science > Machine Learning`; null when it is not there."""
    if paper["primary_category"] is None:
        return None
    found = category(paper["primary_category"])
    return found.name if found.group == found.name else f"{found.group} > {found.name}"


def subjects(paper: Row) -> list[str]:
    """Subjects on arXiv with their codes, primary first, such as `Machine Learning (cs.LG)`."""
    return [f"{topic['topic_name']} ({topic['topic_id']})" for topic in paper["topics"] if topic["scheme"] == "arxiv"]


def topics(paper: Row) -> list[str]:
    """Names of the topics of every scheme, each once, primary first."""
    return list(dict.fromkeys(topic["topic_name"] for topic in paper["topics"]))


def dateline(paper: Row) -> str | None:
    """When a paper was submitted and last revised, as arXiv's abstract page says it; null without versions."""
    versions = [version for version in paper["versions"] if version["submitted_at"] is not None]
    if not versions:
        return None
    first, last = versions[0], versions[-1]
    begun = f"Submitted on {plain_day(first)} (v{first['version']})"
    if first is last:
        return begun
    return f"{begun}, last revised {plain_day(last)} (this version, v{last['version']})"


def plain_day(version: Row) -> str:
    """The day of a version, such as `10 Feb 2020`."""
    moment = version["submitted_at"]
    return f"{moment.day} {moment:%b %Y}"


def citation(paper: Row) -> str:
    """How to cite a paper, in one line of plain text."""
    names = [author["name"] for author in paper["authors"]]
    more = len(names) - LONGEST_BYLINE
    byline = ", ".join(names) if more <= 1 else f"{', '.join(names[:LONGEST_BYLINE])} and {more:,} others"
    year = f" ({paper['publication_year']})" if paper["publication_year"] else ""
    where = [paper["journal_ref"] or paper["venue"], arxiv_citation(paper), paper["doi"] and doi_url(paper["doi"])]
    title = paper["title"].rstrip(".")
    return f"{byline}{year}. {title}. {'. '.join(filter(None, where))}".strip().removeprefix(". ")


def arxiv_citation(paper: Row) -> str | None:
    """The arXiv id with its primary category, such as `arXiv:2101.00001 [cs.LG]`."""
    if paper["arxiv_id"] is None:
        return None
    return f"arXiv:{paper['arxiv_id']}" + (f" [{paper['primary_category']}]" if paper["primary_category"] else "")


def years(first: int | None, last: int | None) -> str:
    """A span of years, such as `2020` or `2020 to 2023`, with a dash; empty when unknown."""
    if first is None or last is None:
        return ""
    return str(first) if first == last else f"{first}\N{EN DASH}{last}"
