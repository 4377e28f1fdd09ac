"""What fetching a span of days does: the questions asked of each source, and their answers landed.

Every question is a window of its own and counts when its last page has landed, so a kill or a spent budget costs at
most one of them. What OpenAlex is asked, and when again, is in the ledger.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from pipeline.sources.arxiv import ArxivSource
from pipeline.sources.errors import BudgetSpentError
from pipeline.sources.landing import Landing
from pipeline.sources.ledger import Kind, Ledger
from pipeline.sources.oai import OaiSource
from pipeline.sources.openalex import OpenAlexSource
from pipeline.sources.pages import RawPage, Source
from pipeline.sources.parsing import day_by_record, parse_page, parse_works

PART_DAYS = 31
"""Days of publication asked of OpenAlex at once: what a kill or a spent budget costs at most, about 200 calls."""

PAPERS_A_WINDOW = 500
"""Papers looked up before what came of it counts."""

THINGS_A_WINDOW = 2_000
"""Authors or institutions asked for before what came of it counts."""

ASKED_AGAIN_A_RUN = 2_000
"""Missing papers, authors and institutions, of each as many, that one run asks for again."""

SETTLED_DAYS = 2
"""A day's list of changes that was fetched this long after the day is final: later edits have later datestamps."""


@dataclass
class Fetched:
    """What a fetch brought.

    Attributes:
        pages: Pages landed.
        received: Records on them.
        days: Day -> things of that day: papers first submitted, records changed, works published. A day that is not
            there is not known.
        notes: Further counts to show, by name.
    """

    pages: int = 0
    received: int = 0
    days: Counter[date] = field(default_factory=Counter)
    notes: dict[str, float] = field(default_factory=dict)


@dataclass
class Found:
    """What the works received so far name: each id once."""

    work_ids: set[str] = field(default_factory=set)
    arxiv_ids: set[str] = field(default_factory=set)
    dois: set[str] = field(default_factory=set)

    def has(self, arxiv_id: str, doi: str | None) -> bool:
        """Whether works carry the paper's arXiv id and, where it has one, its published DOI."""
        return arxiv_id in self.arxiv_ids and (doi is None or doi in self.dois)


def land(landing: Landing, source: Source, span: str, answers: Iterable[RawPage]) -> Fetched:
    """Land a window's pages and commit it when the last has come; nothing is committed when one fails."""
    pages, days, received = [], dict[str, date](), 0
    for answer in answers:
        pages.append(landing.land(answer))
        received += answer.received
        days |= day_by_record(source, answer.body)
    landing.commit(source, span, pages)
    return Fetched(len(pages), received, Counter(days.values()))


def land_papers(landing: Landing, source: ArxivSource, since: date, until: date) -> Fetched:
    """Land the papers first submitted from since to until."""
    fetched = land(landing, Source.ARXIV_ATOM, f"{since}/{until}", source.fetch(since, until))
    fetched.days = of_span(fetched.days, since, until)
    return fetched


def land_changes(landing: Landing, source: OaiSource, since: date, until: date, *, again: bool = False) -> Fetched:
    """Land the records that changed from since to until, each day a window of its own; settled days stay as they are.

    Args:
        landing: Where the answers go.
        source: Whom to ask.
        since: First day of change.
        until: Last day of change.
        again: Fetch settled days too.
    """
    settled = set() if again else settled_days(landing)
    total = Fetched(notes={"days_kept": 0})
    for day in days_between(since, until):
        if day in settled:
            total.notes["days_kept"] += 1
            continue
        fetched = land(landing, Source.ARXIV_OAI, f"{day}/{day}", source.fetch(day, day))
        total.pages += fetched.pages
        total.received += fetched.received
        total.days[day] = fetched.received
    return total


def settled_days(landing: Landing) -> set[date]:
    """Days whose list of changes was fetched after it could grow."""
    return {
        day
        for window in landing.windows(Source.ARXIV_OAI)
        for day in [date.fromisoformat(window.span.partition("/")[0])]
        if window.confirmed_at.date() >= day + timedelta(days=SETTLED_DAYS)
    }


def land_works(
    landing: Landing, ledger: Ledger, source: OpenAlexSource, since: date, until: date, *, part_days: int = PART_DAYS
) -> Fetched:
    """Land what OpenAlex has of the span: works with a copy in arXiv, the landed papers' works, who they name.

    Papers, authors and institutions are asked for once, and again by the rules of the ledger; those left over from
    earlier runs are asked for too. When the money ends, works not yet asked for fail the span; authors, institutions
    and what is asked for again wait for the next run.

    Args:
        landing: Where the answers go.
        ledger: What was asked before.
        source: Whom to ask.
        since: First day of publication, and of submission or change of the papers to look up.
        until: Last day; ages are counted to it.
        part_days: Days of publication in one window.

    Raises:
        BudgetSpentError: The money ended before all works were asked for; what was landed stays.
    """
    desk = _Desk(landing, ledger, source, until)
    ledger.name(Kind.PAPER, papers_of(landing, since, until), until)
    desk.land_span(since, until, part_days)
    desk.look_up(ledger.due(Kind.PAPER))
    waiting = 0
    try:
        desk.land_named()
        desk.land_missing()
        desk.land_stale()
    except BudgetSpentError:
        waiting = sum(len(ledger.due(kind)) for kind in (Kind.AUTHOR, Kind.INSTITUTION))
        desk.total.notes["budget_spent"] = 1
    ledger.finish_span(f"{since}/{until}")
    desk.total.notes |= {
        "works_found": len(desk.found.work_ids),
        "things_waiting": waiting,
        "calls": source.budget.calls,
        "spent_dollars": source.budget.spent_dollars,
    }
    return desk.total


class _Desk:
    """One run's questions to OpenAlex: what has come so far, and where it is taken down.

    Args:
        landing: Where the answers go.
        ledger: What was asked before.
        source: Whom to ask.
        day: The last day of the run's partitions; ages are counted to it.
    """

    def __init__(self, landing: Landing, ledger: Ledger, source: OpenAlexSource, day: date) -> None:
        self.found = Found()
        self.total = Fetched(
            notes=dict.fromkeys(
                ("works_received", "authors_received", "institutions_received", "asked_again", "works_gone"), 0
            )
        )
        self._seen: set[str] = set()
        self._landing = landing
        self._ledger = ledger
        self._source = source
        self._day = day

    def land_span(self, since: date, until: date, part_days: int) -> None:
        """Land the works published in the span, a part at a time, but for parts landed by a run that was stopped."""
        span = f"{since}/{until}"
        finished = self._ledger.finished_parts(span)
        papers = self._ledger.due(Kind.PAPER)
        for first, last in parts(since, until, part_days):
            part = f"{first}/{last}"
            if part in finished:
                continue
            fetched = self._land(Source.OPENALEX_WORKS, part, self._watch(self._source.works_in_window(first, last)))
            self.total.days.update(of_span(fetched.days, first, last))
            self._ledger.finish_part(span, part)
        carried = [paper for paper, doi in papers.items() if self.found.has(paper, doi)]
        self._ledger.answered(Kind.PAPER, carried, set(carried), self._day)

    def look_up(self, papers: dict[str, str | None]) -> None:
        """Look papers up by published DOI, then by arXiv id, as far as no work received so far carries either.

        A paper found by its DOI is asked for by its arXiv id all the same when that work does not carry it: authors
        mistype DOIs, and then another record is the right one.
        """
        for batch in batches(papers, PAPERS_A_WINDOW):
            dois = {doi for paper in batch if (doi := papers[paper])}
            self._land(
                Source.OPENALEX_WORKS, f"papers:{batch[0]}/{batch[-1]}", self._watch(self._works_of(batch, dois))
            )
            found = {paper for paper in batch if paper in self.found.arxiv_ids or papers[paper] in self.found.dois}
            self._ledger.answered(Kind.PAPER, batch, found, self._day)

    def land_named(self) -> None:
        """Land the authors and institutions that works named and that were not asked for yet, or long ago."""
        for kind in (Kind.AUTHOR, Kind.INSTITUTION):
            self._land_things(kind, list(self._ledger.due(kind)))

    def land_missing(self) -> None:
        """Ask again for some of what was not there when it was asked for last."""
        papers = self._ledger.missing(Kind.PAPER, self._day, bound=ASKED_AGAIN_A_RUN)
        self.total.notes["asked_again"] += len(papers)
        self.look_up(papers)
        for kind in (Kind.AUTHOR, Kind.INSTITUTION):
            missing = list(self._ledger.missing(kind, self._day, bound=ASKED_AGAIN_A_RUN))
            self.total.notes["asked_again"] += len(missing)
            self._land_things(kind, missing)

    def land_stale(self) -> None:
        """Ask again for some of the works that came long ago; those merged or deleted since are landed as gone."""
        stale = self._ledger.stale(Kind.WORK, self._day, bound=ASKED_AGAIN_A_RUN)
        for batch in batches(stale, PAPERS_A_WINDOW):
            self._seen.clear()
            span = f"works:{batch[0]}/{batch[-1]}"
            self._land(Source.OPENALEX_WORKS, span, self._watch(self._source.works(batch)))
            gone = sorted(set(batch) - self._seen)
            if gone:
                land(self._landing, Source.OPENALEX_GONE, span, [gone_page(gone, span)])
            self._ledger.answered(Kind.WORK, gone, set(), self._day)
            self.total.notes["works_gone"] += len(gone)

    def _works_of(self, papers: list[str], dois: set[str]) -> Iterator[RawPage]:
        yield from self._source.works_by_doi(sorted(dois - self.found.dois))
        yield from self._source.works_by_arxiv_id(sorted(set(papers) - self.found.arxiv_ids))

    def _land_things(self, kind: Kind, wanted: list[str]) -> None:
        ask: Callable[[list[str]], Iterator[RawPage]]
        source, ask = {
            Kind.AUTHOR: (Source.OPENALEX_AUTHORS, self._source.authors),
            Kind.INSTITUTION: (Source.OPENALEX_INSTITUTIONS, self._source.institutions),
        }[kind]
        for batch in batches(wanted, THINGS_A_WINDOW):
            self._land(source, f"{kind}s:{batch[0]}/{batch[-1]}", ask(batch))
            self._ledger.answered(kind, batch, self._source.found, self._day)

    def _land(self, source: Source, span: str, answers: Iterable[RawPage]) -> Fetched:
        fetched = land(self._landing, source, span, answers)
        self.total.pages += fetched.pages
        self.total.received += fetched.received
        self.total.notes[f"{source.value.removeprefix('openalex_')}_received"] += fetched.received
        return fetched

    def _watch(self, pages: Iterable[RawPage]) -> Iterator[RawPage]:
        """Pass pages of works on, taking down what they hold and whom they name."""
        for page in pages:
            authors, institutions, here = set[str](), set[str](), set[str]()
            for work in parse_works(page.body).records:
                here.add(work.id)
                self.found.arxiv_ids.update(known([work.arxiv_id]))
                self.found.dois.update(known([work.doi]))
                authors.update(known(authorship.author.id for authorship in work.authorships))
                institutions.update(
                    known(place.id for authorship in work.authorships for place in authorship.institutions)
                )
            self.found.work_ids |= here
            self._seen |= here
            self._ledger.name(Kind.WORK, dict.fromkeys(sorted(here)), self._day)
            self._ledger.answered(Kind.WORK, sorted(here), here, self._day)
            self._ledger.name(Kind.AUTHOR, dict.fromkeys(sorted(authors)), self._day)
            self._ledger.name(Kind.INSTITUTION, dict.fromkeys(sorted(institutions)), self._day)
            yield page


def papers_of(landing: Landing, since: date, until: date) -> dict[str, str | None]:
    """ArXiv id -> published DOI of the papers that arXiv brought for the days, submitted then or changed then."""
    papers: dict[str, str | None] = {}
    for source in (Source.ARXIV_ATOM, Source.ARXIV_OAI):
        for window in landing.windows(source):
            first, _, last = window.span.partition("/")
            if last and date.fromisoformat(first) <= until and since <= date.fromisoformat(last):
                for page in landing.pages(window):
                    for paper in parse_page(page.source, landing.read(page)).records:
                        submitted = paper.first_submitted_at
                        is_wanted = (
                            source is Source.ARXIV_OAI or submitted is None or since <= submitted.date() <= until
                        )
                        if is_wanted:
                            papers[paper.arxiv_id] = paper.doi or papers.get(paper.arxiv_id)
    return papers


def gone_page(ids: list[str], span: str) -> RawPage:
    """A page of our own that says which ids are gone, one a line."""
    body = "".join(f"{id_}\n" for id_ in ids).encode()
    return RawPage(
        Source.OPENALEX_GONE, span, span, 200, "text/csv", body, datetime.now(UTC), received=len(ids), total=None
    )


def of_span(days: Counter[date], since: date, until: date) -> Counter[date]:
    """The counts of a span's days, 0 where there is nothing; other days left out."""
    return Counter({day: days[day] for day in days_between(since, until)})


def parts(since: date, until: date, days: int) -> Iterator[tuple[date, date]]:
    """A span cut into adjacent spans of so many days, the last one shorter."""
    first = since
    while first <= until:
        last = min(first + timedelta(days=days - 1), until)
        yield first, last
        first = last + timedelta(days=1)


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def batches(things: Iterable[str], size: int) -> Iterator[list[str]]:
    """Things in lists of at most so many."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def known(ids: Iterable[str | None]) -> Iterator[str]:
    """The ids that are there."""
    return (id_ for id_ in ids if id_)
