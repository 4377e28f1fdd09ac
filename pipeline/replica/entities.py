"""The kinds of OpenAlex objects served: their fields, filters, search texts and default order.

Belongs here: facts of the API, as data. Reading a filter string is in `filters`, looking objects up in
`store`. Filter names: https://help.openalex.org and the field lists of OpenAlex's own server (github
ourresearch/openalex-elastic-api). The replica also takes any dotted path that occurs in its data, which the
real API does for the paths it indexes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class Operator(Enum):
    """What a filter asks of the values it finds."""

    VALUE = auto()
    """Equal, case and address prefixes aside; numbers also `>5`, `<5` and `2019-2021`."""
    NUMBER = auto()
    """As VALUE, and the value asked for must be a number."""
    BOOLEAN = auto()
    """True or false; null counts as missing."""
    EXISTS = auto()
    """`true` where there is a value that is not empty, `false` where there is none."""
    COUNT = auto()
    """How many values there are."""
    DAY = auto()
    """Equal day, or `>` and `<`."""
    SINCE = auto()
    """That day or later."""
    UNTIL = auto()
    """That day or earlier."""
    WORDS = auto()
    """Every word, and phrases in quotation marks."""
    PREFIX = auto()
    """Begins with."""
    NAMED_BY = auto()
    """Named in a list of the work asked for."""
    TEXT = auto()
    """Equal as a whole, spaces included."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its operator and where it looks, by dotted paths that run through lists."""

    operator: Operator
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """One kind of object.

    Attributes:
        name: In addresses, `works`.
        letter: Ids begin with it.
        fields: Root fields, in the order of the API; `select` knows these and those the data has.
        filters: Named filters.
        search: Where `search=` looks; the first path is the name.
        indexed: Paths whose values are indexed at start-up, those of `aliases` among them.
        worded: Paths whose words are indexed: names are searched one by one by clients that match records.
        aliases: Prefix of a singleton's other ids -> path.
        order: Path sorted by when nothing is asked, largest first; ties by id.
    """

    name: str
    letter: str
    fields: tuple[str, ...]
    filters: Mapping[str, Filter]
    search: tuple[str, ...]
    order: str
    indexed: tuple[str, ...] = ("id",)
    worded: tuple[str, ...] = ("display_name",)
    aliases: Mapping[str, str] = field(default_factory=dict)


def _values(**paths: str) -> dict[str, Filter]:
    return {name.replace("__", "."): Filter(Operator.VALUE, (path,)) for name, path in paths.items()}


def _filters(operator: Operator, *names: str, **paths: str | tuple[str, ...]) -> dict[str, Filter]:
    named = {name: Filter(operator, (name,)) for name in names}
    for name, path in paths.items():
        named[name.replace("__", ".")] = Filter(operator, (path,) if isinstance(path, str) else path)
    return named


_SHARED: dict[str, Filter] = {
    **_values(openalex="id", openalex_id="id", ids__openalex="id"),
    **_filters(Operator.NUMBER, "cited_by_count", "works_count"),
    **_filters(Operator.SINCE, from_created_date="created_date", from_updated_date="updated_date"),
    **_filters(Operator.UNTIL, to_created_date="created_date", to_updated_date="updated_date"),
    **_filters(Operator.DAY, "created_date", "updated_date"),
    **_filters(Operator.TEXT, "display_name"),
    **_filters(Operator.WORDS, display_name__search="display_name"),
}

# fmt: off
_WORK_FIELDS = (
    "id", "doi", "title", "display_name", "relevance_score", "publication_year",
    "publication_date", "ids", "language", "primary_location", "type", "indexed_in",
    "open_access", "authorships", "institutions", "countries_distinct_count",
    "institutions_distinct_count", "corresponding_author_ids", "corresponding_institution_ids",
    "apc_list", "apc_paid", "fwci", "is_authors_truncated", "has_fulltext", "cited_by_count",
    "citation_normalized_percentile", "cited_by_percentile_year", "biblio", "is_retracted",
    "is_paratext", "is_xpac", "primary_topic", "topics", "keywords", "concepts", "mesh",
    "locations_count", "locations", "best_oa_location", "sustainable_development_goals",
    "awards", "funders", "has_content", "content_urls", "referenced_works_count",
    "referenced_works", "related_works", "abstract_inverted_index", "counts_by_year",
    "updated_date", "created_date",
)
_AUTHOR_FIELDS = (
    "id", "orcid", "display_name", "display_name_alternatives", "relevance_score",
    "raw_author_names", "full_name", "works_count", "cited_by_count", "summary_stats", "ids",
    "affiliations", "last_known_institutions", "topics", "topic_share", "x_concepts",
    "block_key", "counts_by_year", "works_api_url", "updated_date", "created_date",
)
_INSTITUTION_FIELDS = (
    "id", "ror", "display_name", "relevance_score", "country_code", "type", "type_id",
    "lineage", "homepage_url", "image_url", "image_thumbnail_url", "display_name_acronyms",
    "display_name_alternatives", "repositories", "works_count", "cited_by_count",
    "summary_stats", "ids", "geo", "international", "associated_institutions", "counts_by_year",
    "roles", "topics", "topic_share", "x_concepts", "is_super_system", "works_api_url",
    "updated_date", "created_date",
)
# fmt: on

_WORK_TEXT = ("display_name", "abstract_inverted_index", "abstract")
WORKS = Kind(
    name="works",
    letter="W",
    fields=_WORK_FIELDS,
    filters={
        **{name: use for name, use in _SHARED.items() if name != "works_count"},
        **_values(
            doi="doi",
            ids__doi="doi",
            pmid="ids.pmid",
            pmcid="ids.pmcid",
            mag="ids.mag",
            author__id="authorships.author.id",
            author__orcid="authorships.author.orcid",
            institution__id="authorships.institutions.id",
            institutions__id="authorships.institutions.id",
            institutions__ror="authorships.institutions.ror",
            institutions__type="authorships.institutions.type",
            institutions__country_code="authorships.institutions.country_code",
            cites="referenced_works",
            concept__id="concepts.id",
            journal="primary_location.source.id",
            repository="locations.source.id",
            version="locations.version",
            oa_status="open_access.oa_status",
            locations__source__id="locations.source.id",
            primary_location__source__id="primary_location.source.id",
            primary_topic__id="primary_topic.id",
            topics__id="topics.id",
            authorships__author__id="authorships.author.id",
            authorships__author__orcid="authorships.author.orcid",
            authorships__institutions__id="authorships.institutions.id",
            ids__pmid="ids.pmid",
            locations__landing_page_url="locations.landing_page_url",
        ),
        **{name: Filter(Operator.VALUE, (name,)) for name in ("type", "language", "indexed_in", "referenced_works")},
        **_filters(
            Operator.BOOLEAN,
            "is_retracted",
            "is_paratext",
            "is_xpac",
            "open_access.is_oa",
            is_oa="open_access.is_oa",
            is_corresponding="authorships.is_corresponding",
        ),
        **_filters(
            Operator.EXISTS,
            has_doi="doi",
            has_orcid="authorships.author.orcid",
            has_abstract=("abstract_inverted_index", "abstract"),
            has_references="referenced_works",
            has_pmid="ids.pmid",
            has_pmcid="ids.pmcid",
            has_pdf_url="locations.pdf_url",
            has_raw_affiliation_strings="authorships.raw_affiliation_strings",
        ),
        **_filters(Operator.BOOLEAN, "has_fulltext"),
        **_filters(Operator.COUNT, authors_count="authorships", concepts_count="concepts", topics_count="topics"),
        **_filters(Operator.NUMBER, "publication_year", "locations_count", "referenced_works_count", "fwci"),
        **_filters(Operator.DAY, "publication_date"),
        **_filters(Operator.SINCE, from_publication_date="publication_date"),
        **_filters(Operator.UNTIL, to_publication_date="publication_date"),
        **_filters(
            Operator.WORDS,
            title__search="display_name",
            abstract__search=("abstract_inverted_index", "abstract"),
            title_and_abstract__search=_WORK_TEXT,
            default__search=_WORK_TEXT,
            fulltext__search=_WORK_TEXT,
            raw_author_name__search="authorships.raw_author_name",
            raw_affiliation_strings__search="authorships.raw_affiliation_strings",
        ),
        **_filters(Operator.PREFIX, doi_starts_with="doi"),
        **_filters(Operator.NAMED_BY, cited_by="referenced_works", related_to="related_works"),
    },
    search=_WORK_TEXT,
    order="cited_by_count",
    indexed=(
        "id",
        "doi",
        "ids.pmid",
        "ids.pmcid",
        "ids.mag",
        "authorships.author.id",
        "authorships.author.orcid",
        "authorships.institutions.id",
        "locations.landing_page_url",
        "locations.source.id",
        "primary_location.source.id",
        "publication_year",
        "indexed_in",
        "type",
    ),
    worded=("display_name", "authorships.raw_author_name"),
    aliases={"doi": "doi", "pmid": "ids.pmid", "pmcid": "ids.pmcid", "mag": "ids.mag"},
)

AUTHORS = Kind(
    name="authors",
    letter="A",
    fields=_AUTHOR_FIELDS,
    filters={
        **_SHARED,
        **_values(
            orcid="orcid",
            ids__orcid="orcid",
            scopus="ids.scopus",
            last_known_institution__id="last_known_institutions.id",
        ),
        **_filters(Operator.EXISTS, has_orcid="orcid"),
        **_filters(Operator.WORDS, default__search=("display_name", "display_name_alternatives")),
    },
    search=("display_name", "display_name_alternatives"),
    order="works_count",
    indexed=("id", "orcid", "ids.scopus", "ids.mag"),
    aliases={"orcid": "orcid", "scopus": "ids.scopus", "mag": "ids.mag"},
)

INSTITUTIONS = Kind(
    name="institutions",
    letter="I",
    fields=_INSTITUTION_FIELDS,
    filters={
        **_SHARED,
        **_values(ror="ror", ids__ror="ror", country_code="country_code", type="type"),
        **_filters(Operator.EXISTS, has_ror="ror"),
        **_filters(
            Operator.WORDS,
            default__search=("display_name", "display_name_alternatives", "display_name_acronyms"),
        ),
    },
    search=("display_name", "display_name_alternatives", "display_name_acronyms"),
    order="works_count",
    indexed=("id", "ror", "ids.wikidata", "ids.grid", "ids.mag", "country_code", "type"),
    aliases={"ror": "ror", "wikidata": "ids.wikidata", "grid": "ids.grid", "mag": "ids.mag"},
)

SOURCES = Kind(
    name="sources",
    letter="S",
    fields=(
        "id",
        "issn_l",
        "issn",
        "display_name",
        "relevance_score",
        "type",
        "works_count",
        "cited_by_count",
        "ids",
    ),
    filters={
        **_SHARED,
        **_values(issn="issn", type="type"),
        **_filters(Operator.WORDS, default__search="display_name"),
    },
    search=("display_name", "alternate_titles", "abbreviated_title"),
    order="works_count",
    indexed=("id", "issn", "ids.mag"),
    aliases={"issn": "issn", "mag": "ids.mag"},
)

TOPICS = Kind(
    name="topics",
    letter="T",
    fields=(
        "id",
        "display_name",
        "relevance_score",
        "description",
        "keywords",
        "ids",
        "works_count",
        "cited_by_count",
    ),
    filters={
        **_SHARED,
        **_filters(Operator.WORDS, default__search=("display_name", "description", "keywords")),
    },
    search=("display_name", "description", "keywords"),
    order="works_count",
)

KINDS = (WORKS, AUTHORS, INSTITUTIONS, SOURCES, TOPICS)
