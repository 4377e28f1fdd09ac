"""OpenAlex's own objects, as far as the pipeline needs them, under OpenAlex's own names.

Tolerant where OpenAlex is: a missing or null field is null, an empty list or false. Strict about ids: a work,
author or institution with no id of its kind is rejected. Ids are letter and digits, DOIs and ORCID iDs have
no URL prefix, texts are cleaned. An ORCID iD with a wrong check digit is null, not a reject: the work around
it is still good. Not here: which OpenAlex work is which arXiv paper, beyond the ids a work carries.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from pipeline.sources.identifiers import (
    NOT_PEOPLE,
    arxiv_id_of_doi,
    arxiv_id_of_oai,
    arxiv_id_of_url,
    normalise_openalex_id,
    normalise_orcid,
)
from pipeline.sources.records import (
    MAX_TEXT_CHARS,
    Doi,
    Record,
    Text,
    bounded_clean,
    printed_name,
)
from pipeline.text import clean, without_markup

T = TypeVar("T")

LIST_AUTHORSHIPS = 100
"""OpenAlex cuts the authorships of a work in a list here, and of a work asked for alone not."""


def _id_of(kind: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        identifier = normalise_openalex_id(value) if isinstance(value, str) else None
        if identifier is None or identifier[0] != kind:
            raise PydanticCustomError("bad_openalex_id", "not an OpenAlex id of kind {kind}", {"kind": kind})
        return identifier

    return BeforeValidator(check)


def _optional_id_of(kind: str) -> BeforeValidator:
    def read(value: Any) -> Any:
        identifier = normalise_openalex_id(value) if isinstance(value, str) else None
        return identifier if identifier is not None and identifier[0] == kind else None

    return BeforeValidator(read)


def _person_id(value: Any) -> Any:
    identifier = normalise_openalex_id(value) if isinstance(value, str) else None
    return identifier if identifier is not None and identifier[0] == "A" and identifier not in NOT_PEOPLE else None


def _person(value: Any) -> Any:
    if isinstance(value, str) and normalise_openalex_id(value) in NOT_PEOPLE:
        raise PydanticCustomError("not_a_person", "OpenAlex's placeholder for no author")
    return value


def _orcid(value: Any) -> Any:
    return normalise_orcid(value) if isinstance(value, str) else value


def _name(value: Any) -> Any:
    return printed_name(value) or None


def _display_name(value: Any) -> Any:
    name = bounded_clean(value, MAX_TEXT_CHARS)
    if name is None or name == "":
        raise PydanticCustomError("missing_name", "no name to read")
    return name


def _work_title(value: Any) -> Any:
    title = bounded_clean(value, MAX_TEXT_CHARS)
    if isinstance(title, str):
        title = without_markup(title)
    if title is None or title == "":
        raise PydanticCustomError("missing_title", "no title to read")
    return title


def _instant(value: Any) -> Any:
    """Read OpenAlex's moments: a day, or a time that is UTC without saying so."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("bad_date", "not a date") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _last_segment(value: Any) -> Any:
    return value.rstrip("/").rpartition("/")[2] if isinstance(value, str) else value


def _none_is_empty(value: Any) -> Any:
    return () if value is None else value


def _none_is_false(value: Any) -> Any:
    return False if value is None else value


def _none_is_zero(value: Any) -> Any:
    return 0 if value is None else value


Items = Annotated[list[T], BeforeValidator(_none_is_empty)]
"""A list; null is the empty list."""

Flag = Annotated[bool, BeforeValidator(_none_is_false)]
Count = Annotated[int, BeforeValidator(_none_is_zero), Field(ge=0, le=2**63 - 1)]
Name = Annotated[str | None, BeforeValidator(_name)]
Orcid = Annotated[str | None, BeforeValidator(_orcid)]
Moment = Annotated[datetime | None, BeforeValidator(_instant)]
Segment = Annotated[str | None, BeforeValidator(_last_segment)]
InstitutionId = Annotated[str | None, _optional_id_of("I")]


class OpenAlexClass(Record):
    """A subfield, field or domain, which a topic belongs to; `id` is the number that ends OpenAlex's URL."""

    id: Segment = None
    display_name: Text = None


class OpenAlexTopic(Record):
    """A topic of a work (`score`, 0 to 1) or of an author (`count` of works)."""

    id: Annotated[str | None, _optional_id_of("T")] = None
    display_name: Text = None
    score: float | None = None
    count: int | None = None
    subfield: OpenAlexClass | None = None
    field: OpenAlexClass | None = None
    domain: OpenAlexClass | None = None


class OpenAlexKeyword(Record):
    """A keyword of a work; `id` is the word at the end of OpenAlex's URL."""

    id: Segment = None
    display_name: Text = None
    score: float | None = None


class OpenAlexSource(Record):
    """The journal, repository or conference of a location."""

    id: Annotated[str | None, _optional_id_of("S")] = None
    display_name: Text = None
    type: str | None = None
    issn_l: str | None = None
    host_organization_name: Text = None


class OpenAlexLocation(Record):
    """A place to find a work; `id` is the record it came from, as `pmh:oai:arXiv.org:1201.0490`.

    Snapshots of OpenAlex of 2026 write `native_id` for it, without `pmh:`.
    """

    id: str | None = Field(default=None, validation_alias=AliasChoices("id", "native_id"))
    is_oa: Flag = False
    landing_page_url: str | None = None
    pdf_url: str | None = None
    source: OpenAlexSource | None = None
    license: str | None = None
    version: str | None = None
    is_accepted: Flag = False
    is_published: Flag = False
    raw_source_name: Text = None
    raw_type: str | None = None


class OpenAlexOpenAccess(Record):
    """Whether a work can be read free of charge, and how."""

    is_oa: Flag = False
    oa_status: str | None = None
    oa_url: str | None = None


class OpenAlexBiblio(Record):
    """Where in its venue a work stands."""

    volume: Text = None
    issue: Text = None
    first_page: Text = None
    last_page: Text = None


class OpenAlexInstitutionRef(Record):
    """An institution as works and authors carry it."""

    id: InstitutionId = None
    display_name: Text = None
    ror: str | None = None
    country_code: str | None = None
    type: str | None = None
    lineage: Items[Annotated[str, BeforeValidator(_last_segment)]] = Field(default_factory=list)


class OpenAlexAuthorRef(Record):
    """OpenAlex's guess who an authorship is.

    Attributes:
        id: Null also for OpenAlex's null author and deleted author, who are nobody.
        orcid: The profile's iD copied back, not evidence about this work; `OpenAlexAuthorship.raw_orcid` is.
    """

    id: Annotated[str | None, BeforeValidator(_person_id)] = None
    display_name: Name = None
    orcid: Orcid = None


class OpenAlexAffiliation(Record):
    """One affiliation as printed, and the institutions OpenAlex read in it."""

    raw_affiliation_string: Text = None
    institution_ids: Items[InstitutionId] = Field(default_factory=list)


class OpenAlexAuthorship(Record):
    """One name of a work's byline; the list is in printed order."""

    author: Annotated[OpenAlexAuthorRef, BeforeValidator(lambda value: {} if value is None else value)] = (
        OpenAlexAuthorRef()
    )
    author_position: str | None = None
    raw_author_name: Name = None
    raw_orcid: Orcid = None
    raw_affiliation_strings: Items[Text] = Field(default_factory=list)
    affiliations: Items[OpenAlexAffiliation] = Field(default_factory=list)
    institutions: Items[OpenAlexInstitutionRef] = Field(default_factory=list)
    countries: Items[str] = Field(default_factory=list)
    is_corresponding: Flag = False


class OpenAlexWork(Record):
    """One work as OpenAlex describes it.

    Attributes:
        title: OpenAlex's `display_name`, which is `title` twice.
        doi: The published DOI when there is one, else the repository's.
        is_authors_truncated: OpenAlex says it cut the list; see `has_cut_byline`.
    """

    id: Annotated[str, _id_of("W")]
    doi: Doi = None
    title: Annotated[str, BeforeValidator(_work_title)] = Field(
        default="", validate_default=True, validation_alias=AliasChoices("display_name", "title")
    )
    publication_year: Annotated[int, Field(ge=0, le=9999)] | None = None
    publication_date: date | None = None
    type: str | None = None
    language: str | None = None
    indexed_in: Items[str] = Field(default_factory=list)
    primary_location: OpenAlexLocation | None = None
    best_oa_location: OpenAlexLocation | None = None
    locations: Items[OpenAlexLocation] = Field(default_factory=list)
    open_access: OpenAlexOpenAccess | None = None
    authorships: Items[OpenAlexAuthorship] = Field(default_factory=list)
    is_authors_truncated: Flag = False
    biblio: OpenAlexBiblio | None = None
    cited_by_count: Count = 0
    is_retracted: Flag = False
    is_xpac: Flag = False
    primary_topic: OpenAlexTopic | None = None
    topics: Items[OpenAlexTopic] = Field(default_factory=list)
    keywords: Items[OpenAlexKeyword] = Field(default_factory=list)
    referenced_works: Items[Annotated[str, _id_of("W")]] = Field(default_factory=list)
    abstract_inverted_index: dict[str, list[int]] | None = None
    created_date: Moment = None
    updated_date: Moment = None

    @property
    def abstract(self) -> str | None:
        """The abstract put back in order, cleaned; null when OpenAlex has none."""
        return abstract_text(self.abstract_inverted_index)

    @property
    def arxiv_id(self) -> str | None:
        """The arXiv id the work carries; see `arxiv_id_of`."""
        return arxiv_id_of(self)

    @property
    def has_cut_byline(self) -> bool:
        """The byline may be longer than `authorships`: OpenAlex says so, or the list is as long as can be."""
        return self.is_authors_truncated or len(self.authorships) == LIST_AUTHORSHIPS


class OpenAlexYears(Record):
    """An institution of an author, with the years OpenAlex saw it in."""

    institution: OpenAlexInstitutionRef
    years: Items[int] = Field(default_factory=list)


class OpenAlexAuthor(Record):
    """One author profile of OpenAlex: a claim about identity that changes daily, no identity of ours."""

    id: Annotated[str, BeforeValidator(_person), _id_of("A")]
    display_name: Annotated[str, BeforeValidator(_display_name)] = Field(default="", validate_default=True)
    display_name_alternatives: Items[Name] = Field(default_factory=list)
    raw_author_names: Items[Name] = Field(default_factory=list)
    full_name: Name = None
    orcid: Orcid = None
    works_count: Count = 0
    cited_by_count: Count = 0
    affiliations: Items[OpenAlexYears] = Field(default_factory=list)
    last_known_institutions: Items[OpenAlexInstitutionRef] = Field(default_factory=list)
    topics: Items[OpenAlexTopic] = Field(default_factory=list)
    block_key: str | None = None
    created_date: Moment = None
    updated_date: Moment = None


class OpenAlexGeo(Record):
    """Where an institution is."""

    city: Text = None
    region: Text = None
    country: Text = None
    country_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class OpenAlexInstitution(Record):
    """One institution of OpenAlex."""

    id: Annotated[str, _id_of("I")]
    display_name: Annotated[str, BeforeValidator(_display_name)] = Field(default="", validate_default=True)
    display_name_alternatives: Items[Text] = Field(default_factory=list)
    display_name_acronyms: Items[Text] = Field(default_factory=list)
    ror: str | None = None
    country_code: str | None = None
    type: str | None = None
    homepage_url: str | None = None
    geo: OpenAlexGeo | None = None
    lineage: Items[Annotated[str, BeforeValidator(_last_segment)]] = Field(default_factory=list)
    works_count: Count = 0
    cited_by_count: Count = 0
    created_date: Moment = None
    updated_date: Moment = None


def abstract_text(inverted_index: Mapping[str, Sequence[int]] | None) -> str | None:
    """Put the words of an inverted index back in order.

    Args:
        inverted_index: Word to the positions it stands at, 0-based. Gaps and shared positions are tolerated;
            words at one position come in the order of the alphabet, so that the text is the same on every
            reading.

    Returns:
        The cleaned text without markup, null when there is no index or no word.
    """
    if not inverted_index:
        return None
    placed = sorted((position, word) for word, positions in inverted_index.items() for position in positions)
    return without_markup(clean(" ".join(word for _, word in placed))) or None


def arxiv_id_of(work: OpenAlexWork) -> str | None:
    """Return the arXiv id a work carries, without version, or null.

    Looked for in this order: the work's own DOI when it is arXiv's, a location whose record is arXiv's, a
    location whose page is arXiv's or is arXiv's DOI. A work merged from two papers has two; the first found
    stands.
    """
    found = arxiv_id_of_doi(work.doi)
    if found:
        return found
    places = [*work.locations, *(place for place in (work.primary_location, work.best_oa_location) if place)]
    identifiers = (place.id.removeprefix("doi:") for place in places if place.id)
    for identifier in identifiers:
        found = arxiv_id_of_oai(identifier) or arxiv_id_of_doi(identifier)
        if found:
            return found
    for place in places:
        found = arxiv_id_of_url(place.landing_page_url) or arxiv_id_of_url(place.pdf_url)
        if found:
            return found
    return None
