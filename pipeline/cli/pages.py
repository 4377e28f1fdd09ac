"""page: what an app would show of a person or a paper, as a file to open in a browser.

What belongs here: which entity is meant, where its page is written. What does not: reading it
(`pipeline.steps.panels`), what it looks like (`pipeline.pages`).
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import duckdb
import typer

from pipeline.cli.console import out
from pipeline.cli.people import rows
from pipeline.cli.runs import CommandError
from pipeline.pages import AuthorPanels, Neighbours, PaperPanels, author_page, file_name, paper_page
from pipeline.settings import Settings
from pipeline.sources.identifiers import normalise_doi, normalise_openalex_id, split_arxiv_id
from pipeline.steps.panels import read_author, read_paper
from warehouse import query

CANDIDATES: Final = 10
"""People or papers that a refusal lists when an id or name fits several."""

Panels = AuthorPanels | PaperPanels


class Entity(StrEnum):
    """What a page is about."""

    AUTHOR = "author"
    PAPER = "paper"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(page)


def page(
    entity: Annotated[Entity, typer.Argument(help="What the page is about.")],
    who: Annotated[
        str,
        typer.Argument(metavar="ID", help="An author id or name; a work id, arXiv id or address, OpenAlex id or DOI."),
    ],
    to: Annotated[
        Path, typer.Option("--out", help="FILE.html: this page alone. A folder: also the pages of what is near.")
    ],
) -> None:
    """Write the page of a person or a paper: a static file that needs nothing but a browser.

    In a folder the pages link to each other.
    """
    with Settings().warehouse.read() as con:
        if entity is Entity.AUTHOR:
            panels: Panels | None = read_author(con, found_author(con, who))
        else:
            panels = read_paper(con, found_paper(con, who))
        if panels is None:
            raise CommandError(f"The published file has no page of {who}: publish it again with `pipeline publish`.")
        alone = to.suffix.lower() in {".html", ".htm"}
        pages = [panels] if alone else [panels, *read_near(con, panels)]
    beside = Neighbours(
        authors={one.author["author_id"] for one in pages if isinstance(one, AuthorPanels)},
        papers={one.paper["work_id"] for one in pages if isinstance(one, PaperPanels)},
    )
    files = [to if alone else to / name_of(one) for one in pages]
    for one, file in zip(pages, files, strict=True):
        write(file, render(one, beside))
    near = f", with {len(files) - 1} pages of what is near" if len(files) > 1 else ""
    out().print(f"Written to {files[0]}{near}: open it in a browser.", soft_wrap=True)


def found_author(con: duckdb.DuckDBPyConnection, who: str) -> str:
    """The id of the one author of this id or name.

    Raises:
        CommandError: Nobody has it, or several people do.
    """
    people = rows(con, query("marts/find_authors"), {"who": who})
    if not people:
        raise CommandError(f"Nobody is called {who!r} here: try another spelling, or `pipeline run` to load more.")
    return str(only(who, [(one["author_id"], author_words(one)) for one in people]))


def author_words(author: dict[str, Any]) -> str:
    """What tells an author from others of the name."""
    works = "1 work" if author["works_count"] == 1 else f"{author['works_count']} works"
    return f"{works}, {author['affiliation'] or author['last_year'] or 'no date'}"


def found_paper(con: duckdb.DuckDBPyConnection, who: str) -> str:
    """The id of the one paper of this work id, arXiv id or address, OpenAlex id or DOI.

    Raises:
        CommandError: No paper has it, or several do.
    """
    arxiv_id, _ = split_arxiv_id(who)
    ids = {
        "work_id": f"arxiv:{arxiv_id}" if arxiv_id else who,
        "openalex_id": normalise_openalex_id(who.removeprefix("openalex:")),
        "doi": normalise_doi(who),
    }
    papers = rows(con, query("pages/find_papers"), ids)
    if not papers:
        raise CommandError(
            f"There is no paper {who!r} here: give an arXiv id, an OpenAlex id or a DOI that was loaded."
        )
    return str(only(who, [(one["work_id"], one["title"]) for one in papers]))


def only(who: str, found: list[tuple[str, str]]) -> str:
    """The id of the one that was found.

    Raises:
        CommandError: It is several; the message lists them.
    """
    if len(found) == 1:
        return found[0][0]
    listed = "; ".join(f"{id_} ({words})" for id_, words in found[:CANDIDATES])
    more = f"; and {len(found) - CANDIDATES} more" if len(found) > CANDIDATES else ""
    raise CommandError(f"{len(found)} fit {who!r}, so give the id of one of them: {listed}{more}.")


def read_near(con: duckdb.DuckDBPyConnection, panels: Panels) -> list[Panels]:
    """The panels of the people and papers in the graph around a page."""
    read = {"person": read_author, "paper": read_paper}
    found = (read[node["kind"]](con, node["node_id"]) for node in panels.graph.nodes if node["kind"] in read)
    return [one for one in found if one is not None]


def render(panels: Panels, beside: Neighbours) -> str:
    """The page of what was read."""
    return author_page(panels, beside) if isinstance(panels, AuthorPanels) else paper_page(panels, beside)


def name_of(panels: Panels) -> str:
    """The file name of a page in a folder."""
    if isinstance(panels, AuthorPanels):
        return file_name("author", panels.author["author_id"])
    return file_name("paper", panels.paper["work_id"])


def write(file: Path, text: str) -> None:
    """Write a page, making its folder.

    Raises:
        CommandError: It cannot be written there.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror or error}.") from error
