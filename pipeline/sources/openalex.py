"""OpenAlex: works, authors and institutions as raw pages.

The `pyalex` client builds the queries and pages through them; our session carries it to the base URL, adds
the key and reads the refusals. Full bylines: a list gives the first 100 authorships, so longer works are
asked for again alone, which is free. Not here: prices (`budget`), and the objects' meaning
(`openalex_records`).
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_plus

from pipeline.sources.budget import LIST_DOLLARS, SINGLE_DOLLARS, Budget, read_refusal
from pipeline.sources.errors import HttpStatusError, IncompleteWindowError, QueryRefusedError
from pipeline.sources.http import HttpPolicy, Pacer, PoliteSession, base_url, is_private
from pipeline.sources.identifiers import (
    NOT_PEOPLE,
    arxiv_id_of_doi,
    normalise_doi,
    normalise_openalex_id,
    split_arxiv_id,
)
from pipeline.sources.openalex_exchange import (
    NOT_FOUND,
    Authors,
    Endpoint,
    Exchange,
    Institutions,
    Works,
)
from pipeline.sources.openalex_records import LIST_AUTHORSHIPS
from pipeline.sources.pages import RawPage, Refuse, Source
from pipeline.sources.parsing.openalex import parse_works, read_answer

logger = logging.getLogger(__name__)

PUBLIC_URL: Final = "https://api.openalex.org"
ARXIV_SOURCE: Final = "S4306400194"
"""arXiv as a place of works; `locations.source.id` finds every work with a copy there."""

PER_PAGE: Final = 100
MAX_VALUES: Final = 100
"""OpenAlex takes this many alternatives in one filter."""
MAX_URL_BYTES: Final = 8_000
"""OpenAlex takes URLs up to 8,190 bytes; the rest of the query needs some."""

WORK_FIELDS: Final = (
    "id", "doi", "ids", "display_name", "publication_year", "publication_date", "type", "language",
    "indexed_in", "primary_location", "best_oa_location", "locations", "open_access", "authorships", "biblio",
    "cited_by_count", "is_retracted", "is_xpac", "primary_topic", "topics", "keywords", "referenced_works",
    "abstract_inverted_index", "created_date", "updated_date",
)  # fmt: skip
"""What is asked of works in lists: the fields of `OpenAlexWork`, root fields only, as `select` wants them."""

_ANONYMOUS_INTERVAL, _KEYED_INTERVAL = 1 / 10, 1 / 30
"""OpenAlex's gateway takes 10 requests a second without a key and 30 with a free one."""
_UNSAFE_IN_FILTER = frozenset(',|"!+<>')
"""Characters with a meaning in a filter; a DOI that holds one is looked up alone."""


class OpenAlexSource:
    """Asks OpenAlex.

    Args:
        data: Folder whose processes share OpenAlex's requests per second; see `http.Pacer`.
        url: Base URL.
        api_key: Sent as a header to `url` and shown nowhere.
        policy: Patience and politeness.
        budget: What may be spent; readable afterwards for what was.
        corpus: `all` asks OpenAlex's expansion too, where many preprints are; null asks its core only.
        refuse: Told about each page that is not accepted, with the sentence why.

    Attributes:
        found: Authors and institutions that were asked for and are there, under another id when they were merged.
    """

    def __init__(
        self,
        data: Path,
        *,
        url: str = PUBLIC_URL,
        api_key: str | None = None,
        policy: HttpPolicy | None = None,
        budget: Budget | None = None,
        corpus: str | None = "all",
        refuse: Refuse | None = None,
    ) -> None:
        self._base = base_url(url, "")
        self._policy = policy or HttpPolicy()
        self.budget = budget or Budget()
        self.found: set[str] = set()
        interval = self._policy.min_interval_seconds
        if interval is None:
            interval = 0.0 if is_private(self._base) else _KEYED_INTERVAL if api_key else _ANONYMOUS_INTERVAL
        self._session = PoliteSession(
            self._base,
            self._policy,
            Pacer(data, "openalex", interval),
            bearer=api_key,
            refusal=read_refusal,
        )
        self._corpus = corpus
        self._refuse = refuse

    def works_in_window(self, since: date, until: date) -> Iterator[RawPage]:
        """Yield the pages of works with a copy in arXiv that were published from `since` to `until`.

        The date of publication is the only incremental filter that is free; it is no date of change.

        Raises:
            IncompleteWindowError: fewer works came than OpenAlex counts; the pages before it are not the
                window.
            SourceError: a page could not be had.
        """
        window = f"{since:%Y-%m-%d}/{until:%Y-%m-%d}"
        filters = {
            "locations": {"source": {"id": ARXIV_SOURCE}},
            "from_publication_date": since.isoformat(),
            "to_publication_date": until.isoformat(),
        }
        yield from self._works(filters, window)

    def works_by_doi(self, dois: Iterable[str]) -> Iterator[RawPage]:
        """Yield the pages of the works with these DOIs; unknown DOIs and non-DOIs are left out."""
        wanted = sorted({doi for written in dois if (doi := normalise_doi(written))})
        window = _ids_window(wanted)
        for batch in _batches([doi for doi in wanted if _is_safe(doi)]):
            yield from self._works({"doi": "|".join(batch)}, window)
        for doi in wanted:
            if not _is_safe(doi):
                yield from self._single(Works, f"doi:{doi}", Source.OPENALEX_WORKS, window)

    def works_by_arxiv_id(self, identifiers: Iterable[str]) -> Iterator[RawPage]:
        """Yield the pages of the works that carry these arXiv ids.

        First by arXiv's own DOI, which a work has while it is unpublished; those not found that way by the
        address of a copy, `locations.landing_page_url`, which OpenAlex writes with http and with https.
        """
        wanted = sorted({found for written in identifiers if (found := split_arxiv_id(written)[0])})
        window = _ids_window(wanted)
        missing = set(wanted)
        for batch in _batches([f"10.48550/arxiv.{identifier}" for identifier in wanted]):
            for page in self._works({"doi": "|".join(batch)}, window):
                missing -= {arxiv_id_of_doi(work.doi) for work in parse_works(page.body).records}
                yield page
        addresses = [
            f"{scheme}://arxiv.org/abs/{identifier}" for identifier in sorted(missing) for scheme in ("http", "https")
        ]
        for batch in _batches(addresses):
            yield from self._works({"locations": {"landing_page_url": "|".join(batch)}}, window)

    def works(self, identifiers: Iterable[str]) -> Iterator[RawPage]:
        """Yield the pages of these works, by OpenAlex id; merged ids are followed, deleted ids left out."""
        wanted = _openalex_ids(identifiers, "W")
        window = _ids_window(wanted)
        for batch in _batches(wanted):
            unlisted = set(batch)
            for page in self._works({"ids": {"openalex": "|".join(batch)}}, window):
                unlisted -= _ids_on(page.body)
                yield page
            for identifier in sorted(unlisted):
                yield from self._single(Works, identifier, Source.OPENALEX_WORKS, window)

    def authors(self, identifiers: Iterable[str]) -> Iterator[RawPage]:
        """Yield the pages of these author profiles; merged ids are followed, placeholders and deleted ids left out."""
        wanted = [found for found in _openalex_ids(identifiers, "A") if found not in NOT_PEOPLE]
        yield from self._entities(Authors, wanted, Source.OPENALEX_AUTHORS)

    def institutions(self, identifiers: Iterable[str]) -> Iterator[RawPage]:
        """Yield the pages of these institutions; merged ids are followed, deleted ids left out."""
        yield from self._entities(Institutions, _openalex_ids(identifiers, "I"), Source.OPENALEX_INSTITUTIONS)

    def _works(self, filters: dict[str, Any], window: str) -> Iterator[RawPage]:
        """Yield list pages, and after each its works with cut bylines, each as a page of its own."""
        params = {"corpus": self._corpus} if self._corpus else {}
        for page in self._list(Works, filters, Source.OPENALEX_WORKS, window, {**params, "select": list(WORK_FIELDS)}):
            yield page
            for identifier in _cut_works(page.body):
                yield from self._single(Works, identifier, Source.OPENALEX_WORKS, window)

    def _entities(self, endpoint: type["Endpoint"], wanted: list[str], source: Source) -> Iterator[RawPage]:
        """Yield list pages, and after each batch the things no list shows, asked for alone, which is free.

        A list leaves out what was merged or deleted, and authors without works; alone, a merged id may lead to the
        one that took its place.
        """
        window = _ids_window(wanted)
        for batch in _batches(wanted):
            unlisted = set(batch)
            for page in self._list(endpoint, {"ids": {"openalex": "|".join(batch)}}, source, window, {}):
                unlisted -= _ids_on(page.body)
                yield page
            self.found.update(set(batch) - unlisted)
            for identifier in sorted(unlisted):
                for page in self._single(endpoint, identifier, source, window):
                    self.found.add(identifier)
                    yield page

    def _list(
        self,
        endpoint: type["Endpoint"],
        filters: dict[str, Any],
        source: Source,
        window: str,
        params: dict[str, Any],
    ) -> Iterator[RawPage]:
        """Page through a list by cursor until as many things came as it counts.

        Every list gets a query object of its own, with all filters in one call: pyalex changes the object
        while paging, and turns filters that are added later from AND to OR or back.
        """
        query = endpoint(self._asking(source, window, LIST_DOLLARS), dict(params)).filter(**filters)
        identifiers: set[str] = set()
        total = 0
        for _ in query.paginate(per_page=PER_PAGE, n_max=None):
            page = query.exchange.page
            yield page
            identifiers.update(query.exchange.identifiers)
            total = page.total or 0
            if len(identifiers) >= total:
                return
        raise IncompleteWindowError(
            f"OpenAlex gave {len(identifiers):,} of {total:,} {source.value.partition('_')[2]} for {window};"
            " try the window again."
        )

    def _single(self, endpoint: type["Endpoint"], identifier: str, source: Source, window: str) -> Iterator[RawPage]:
        """Yield one thing asked for alone; nothing when it is gone. A redirection from a merged id is followed."""
        query = endpoint(self._asking(source, window, SINGLE_DOLLARS), None)
        try:
            query[identifier]
        except HttpStatusError as error:
            if error.status != NOT_FOUND:
                raise
            logger.warning("OpenAlex has no %s any more.", identifier)
            return
        yield query.exchange.page

    def _asking(self, source: Source, window: str, cost_dollars: float) -> "Exchange":
        return Exchange(
            base=self._base,
            session=self._session,
            policy=self._policy,
            budget=self.budget,
            cost_dollars=cost_dollars,
            source=source,
            window=window,
            refuse=self._refuse,
        )


def _cut_works(body: bytes) -> list[str]:
    """Return the ids of works in a list whose byline may be longer than the list shows."""
    return [
        identifier
        for item in read_answer(body).get("results", [])
        if isinstance(item, dict)
        and (item.get("is_authors_truncated") or len(item.get("authorships") or ()) >= LIST_AUTHORSHIPS)
        and (identifier := normalise_openalex_id(str(item.get("id"))))
    ]


def _ids_on(body: bytes) -> set[str | None]:
    """Return the ids of the things in a list."""
    return {
        normalise_openalex_id(str(item.get("id")))
        for item in read_answer(body).get("results", [])
        if isinstance(item, dict)
    }


def _openalex_ids(written: Iterable[str], kind: str) -> list[str]:
    """Return the ids of a kind, sorted, once each.

    Raises:
        QueryRefusedError: one of them is no id of that kind.
    """
    wanted = set()
    for text in written:
        identifier = normalise_openalex_id(text)
        if identifier is None or identifier[0] != kind:
            raise QueryRefusedError(f"{text[:80]!r} is no OpenAlex id of kind {kind}; write it as {kind}2101234009.")
        wanted.add(identifier)
    return sorted(wanted)


def _is_safe(value: str) -> bool:
    return not _UNSAFE_IN_FILTER.intersection(value)


def _batches(values: Sequence[str]) -> Iterator[list[str]]:
    """Split alternatives of a filter so that each request keeps OpenAlex's bounds on number and length."""
    room = MAX_URL_BYTES - len(",".join(WORK_FIELDS)) * 2 - 500
    batch: list[str] = []
    size = 0
    for value in values:
        length = len(quote_plus(value)) + len("%7C")
        if batch and (len(batch) == MAX_VALUES or size + length > room):
            yield batch
            batch, size = [], 0
        batch.append(value)
        size += length
    if batch:
        yield batch


def _ids_window(identifiers: Sequence[str]) -> str:
    return f"ids:{hashlib.sha256(','.join(identifiers).encode()).hexdigest()[:16]}"
