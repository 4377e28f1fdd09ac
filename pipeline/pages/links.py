"""Where a page points to: other pages beside it, and the web.

What belongs here: file names of pages, addresses of arXiv, DOI and ORCID, which addresses may be a link. What does
not: the words of a link.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, urlsplit

Kind = Literal["author", "paper"]

_NOT_IN_A_FILE_NAME: Final = re.compile(r"[^A-Za-z0-9.-]")
_PATH_OF_AN_ID: Final = "/.:()<>;"


def file_name(kind: Kind, entity_id: str) -> str:
    """The file name of an entity's page, such as `paper-arxiv_2101.00001.html`; the same id always gives the same."""
    return f"{kind}-{_NOT_IN_A_FILE_NAME.sub('_', entity_id)}.html"


@dataclass(frozen=True)
class Neighbours:
    """Which other pages lie in the same folder, and so can be linked to; papers elsewhere have their source's page.

    Args:
        authors: Ids of authors that have a page there.
        papers: Ids of papers that have a page there.
    """

    authors: Collection[str] = frozenset()
    papers: Collection[str] = frozenset()

    def author(self, author_id: str | None) -> str | None:
        """The file of an author's page, null when there is none beside this one."""
        return file_name("author", author_id) if author_id is not None and author_id in self.authors else None

    def paper(self, work_id: str) -> str:
        """The file of a paper's page, else the address of its record at the source that its id names."""
        if work_id in self.papers:
            return file_name("paper", work_id)
        if work_id.startswith("arxiv:"):
            return arxiv_url(work_id.removeprefix("arxiv:"))
        return openalex_url(work_id.removeprefix("openalex:"))

    def evidence(self, evidence_id: str) -> str | None:
        """The page of what a trust reason counts, a work, a mention or an author; null where there is none."""
        if evidence_id.startswith(("arxiv:", "openalex:")):
            return self.paper(evidence_id.partition("#")[0])
        return self.author(evidence_id)


def web_link(url: str) -> str | None:
    """The address if a browser may follow it: http or https with a host; else null."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def arxiv_url(arxiv_id: str, version: int | None = None) -> str:
    """The abstract page on arXiv, of one version or the newest."""
    return f"https://arxiv.org/abs/{quote(arxiv_id, safe=_PATH_OF_AN_ID)}{f'v{version}' if version else ''}"


def arxiv_pdf_url(arxiv_id: str) -> str:
    """The paper itself on arXiv, newest version."""
    return f"https://arxiv.org/pdf/{quote(arxiv_id, safe=_PATH_OF_AN_ID)}"


def arxiv_doi(arxiv_id: str) -> str:
    """The DOI that arXiv gives each of its papers."""
    return f"10.48550/arXiv.{arxiv_id}"


def doi_url(doi: str) -> str:
    """The address that resolves a DOI."""
    return f"https://doi.org/{quote(doi, safe=_PATH_OF_AN_ID)}"


def orcid_url(orcid: str) -> str:
    """The public ORCID record."""
    return f"https://orcid.org/{quote(orcid)}"


def openalex_url(openalex_id: str) -> str:
    """The entity's page on OpenAlex."""
    return f"https://openalex.org/{quote(openalex_id)}"
