"""What to ask OpenAlex about, given what arXiv brought and what OpenAlex has already answered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from pipeline.sources.landing import Landing
from pipeline.sources.openalex import OpenAlexSource
from pipeline.sources.pages import RawPage, Source
from pipeline.sources.parsing import parse_page, parse_works


@dataclass
class Found:
    """What the works received so far name: each id once."""

    work_ids: set[str] = field(default_factory=set)
    arxiv_ids: set[str] = field(default_factory=set)
    dois: set[str] = field(default_factory=set)
    author_ids: set[str] = field(default_factory=set)
    institution_ids: set[str] = field(default_factory=set)

    def watch(self, pages: Iterable[RawPage]) -> Iterator[RawPage]:
        """Pass pages of works on, taking note of what they hold."""
        for page in pages:
            for work in parse_works(page.body).records:
                self.work_ids.add(work.id)
                self.arxiv_ids.update(known([work.arxiv_id]))
                self.dois.update(known([work.doi]))
                self.author_ids.update(known(authorship.author.id for authorship in work.authorships))
                self.institution_ids.update(
                    known(place.id for authorship in work.authorships for place in authorship.institutions)
                )
            yield page


def known(ids: Iterable[str | None]) -> Iterator[str]:
    """The ids that are there."""
    return (id_ for id_ in ids if id_)


def papers_of(landing: Landing, since: date, until: date) -> dict[str, str | None]:
    """ArXiv id -> published DOI of the papers landed for windows that overlap the days."""
    papers: dict[str, str | None] = {}
    for window in landing.windows(Source.ARXIV_ATOM):
        first, _, last = window.span.partition("/")
        if last and date.fromisoformat(first) <= until and since <= date.fromisoformat(last):
            for page in landing.pages(window):
                for paper in parse_page(page.source, landing.read(page)).records:
                    submitted = paper.first_submitted_at
                    if submitted is None or since <= submitted.date() <= until:
                        papers[paper.arxiv_id] = paper.doi or papers.get(paper.arxiv_id)
    return papers


def works_of_papers(source: OpenAlexSource, papers: dict[str, str | None], found: Found) -> Iterator[RawPage]:
    """Look up the papers that no work received so far carries: by published DOI, then by arXiv id.

    What `found` holds is read as the pages go by, so a paper found by its DOI is not asked for again, unless the work
    of that DOI does not carry the paper's arXiv id: authors mistype DOIs, and then another record is the right one.
    """
    dois = {doi for doi in papers.values() if doi}
    yield from source.works_by_doi(sorted(dois - found.dois))
    yield from source.works_by_arxiv_id(sorted(papers.keys() - found.arxiv_ids))
