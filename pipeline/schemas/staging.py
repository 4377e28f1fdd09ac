"""Contracts of the staging layer: validated records by source, and the works and mentions joined from them."""

import dataframely as dy
import polars as pl

from pipeline.schemas.raw import instant

KINDS = ("person", "group", "placeholder")
WORK_ID = r"^(arxiv:|openalex:W)"
ORCID = r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$"


def work_id(*, primary_key: bool = False) -> dy.String:
    """The id of a work, as every table spells it."""
    return dy.String(
        primary_key=primary_key,
        regex=WORK_ID,
        description="arxiv: and the id without version when the work has one, else openalex: and the W id.",
    )


def text(description: str) -> dy.String:
    """A text that may be missing."""
    return dy.String(nullable=True, description=description)


def texts(description: str) -> dy.List:
    """A list of texts, empty when there are none."""
    return dy.List(dy.String(), description=description)


def orcid(description: str) -> dy.String:
    """An ORCID iD with a valid check digit, without the URL prefix."""
    return dy.String(nullable=True, regex=ORCID, description=description)


class PageLoads(dy.Schema):
    """A raw page that has been read into staging; received = accepted + rejected."""

    page_id = dy.String(primary_key=True, description="The page, as in raw.pages.")
    source = dy.String(description="Door the page came by.")
    received = dy.Int64(min=0, description="Records found on the page.")
    accepted = dy.Int64(min=0, description="Records that kept every rule.")
    rejected = dy.Int64(min=0, description="Records that broke one; they are rows of staging.rejected.")
    run_id = dy.String(description="Dagster run that read the page.")

    @dy.rule()
    def nothing_lost(cls) -> pl.Expr:  # noqa: N805 - dataframely calls a rule with the schema
        """Every received record was accepted or rejected."""
        return pl.col("received") == pl.col("accepted") + pl.col("rejected")


class Rejected(dy.Schema):
    """A record that broke a rule, kept whole with the rule it broke."""

    source = dy.String(description="Door the record came by.")
    record_id = text("The record's own id, null when it has none that can be read.")
    rule = dy.String(description="Name of the broken rule.")
    detail = dy.String(description="What was wrong, in one sentence.")
    payload = dy.String(description="The record as received, cut at 100,000 characters.")
    page_id = dy.String(description="The page it stood on.")
    run_id = dy.String(description="Dagster run that rejected it.")
    rejected_at = instant("When it was rejected.", nullable=False)


NAME_FIELDS = {
    "raw_name": dy.String(nullable=True),
    "given": dy.String(nullable=True),
    "family": dy.String(nullable=True),
    "suffix": dy.String(nullable=True),
    "kind": dy.String(nullable=True),
}


class ArxivRecords(dy.Schema):
    """An arXiv paper as one door gave it, newest version only."""

    arxiv_id = dy.String(primary_key=True, description="arXiv id without version.")
    source = dy.String(primary_key=True, description="Door: arxiv_atom, arxiv_oai or arxiv_snapshot.")
    version = dy.Int32(nullable=True, min=1, description="Version this record describes.")
    title = dy.String(min_length=1, description="Title, cleaned text.")
    abstract = text("Abstract, cleaned text.")
    byline = dy.List(
        dy.Struct({**NAME_FIELDS, "affiliation": dy.String(nullable=True)}),
        description="Author names in printed order, each parsed; affiliation only where arXiv gives one.",
    )
    categories = texts("arXiv categories, primary first.")
    primary_category = text("Primary arXiv category.")
    comments = text("Author comments.")
    journal_ref = text("Journal reference as given by the authors.")
    doi = text("Published DOI as given by the authors, lower case.")
    license = text("Licence URL.")
    submitter = text("Name of the submitter.")
    report_no = text("Report number.")
    first_submitted_at = instant("When version 1 was submitted.")
    last_updated_at = instant("When this version was submitted.")
    code_urls = texts("Links to code in the abstract and comments, in order of appearance.")
    dataset_urls = texts("Links to data in the abstract and comments, in order of appearance.")
    is_withdrawn = dy.Bool(description="The newest version withdraws the paper.")
    page_id = dy.String(description="Raw page the record came from.")
    fetched_at = instant("When that page was fetched.", nullable=False)


class ArxivVersions(dy.Schema):
    """A version of an arXiv paper that any door has ever told of; an update never removes one."""

    arxiv_id = dy.String(primary_key=True, description="arXiv id without version.")
    version = dy.Int32(primary_key=True, min=1, description="Version number, 1-based.")
    submitted_at = instant("When the version was submitted.")
    size_bytes = dy.Int64(nullable=True, min=0, description="Source size in bytes, to arXiv's own rounding.")
    source_type = text("arXiv's source type flags; I means withdrawn.")


class OpenAlexWorks(dy.Schema):
    """An OpenAlex work, newest record only."""

    openalex_id = dy.String(primary_key=True, regex=r"^W\d+$", description="OpenAlex work id.")
    doi = text("Canonical DOI, lower case, without the URL prefix.")
    arxiv_id = text("arXiv id found in the DOI or in a location, without version.")
    title = dy.String(min_length=1, description="Title, cleaned text.")
    abstract = text("Abstract rebuilt from the inverted index, cleaned text.")
    language = text("Language of the abstract, or of the title where there is none, as OpenAlex tells it; ISO 639-1.")
    work_type = text("OpenAlex work type.")
    publication_year = dy.Int32(nullable=True, description="Year of publication.")
    publication_date = dy.Date(nullable=True, description="Date of publication.")
    venue = text("Name of the primary location's source when it is not a repository.")
    license = text("Licence of the primary location.")
    is_open_access = dy.Bool(nullable=True, description="OpenAlex's open-access flag.")
    is_retracted = dy.Bool(description="OpenAlex's retraction flag.")
    cited_by_count = dy.Int64(nullable=True, min=0, description="Citations OpenAlex counts.")
    byline = dy.List(
        dy.Struct(
            {
                **NAME_FIELDS,
                "openalex_author_id": dy.String(nullable=True),
                "orcid": dy.String(nullable=True),
                "affiliation": dy.String(nullable=True),
                "institution_ids": dy.List(dy.String(nullable=True), nullable=True),
            }
        ),
        description="Authorships in order; orcid is the one asserted on the work (raw_orcid), not the profile's.",
    )
    is_byline_truncated = dy.Bool(description="OpenAlex cut the authorships at 100.")
    topics = dy.List(
        dy.Struct({"topic_id": dy.String(nullable=True), "topic_name": dy.String(nullable=True)}),
        description="OpenAlex topics, primary first.",
    )
    keywords = texts("OpenAlex keywords.")
    code_urls = texts("Links to code in the abstract, in order of appearance.")
    dataset_urls = texts("Links to data in the abstract, in order of appearance.")
    referenced_works = texts("OpenAlex ids of the works it cites.")
    updated_at = instant("OpenAlex's updated_date.")
    page_id = dy.String(description="Raw page the record came from.")
    fetched_at = instant("When that page was fetched.", nullable=False)


class OpenAlexAuthors(dy.Schema):
    """An OpenAlex author profile: a hint and a comparison, never our identity."""

    openalex_author_id = dy.String(primary_key=True, regex=r"^A\d+$", description="OpenAlex author id.")
    display_name = text("Name OpenAlex shows.")
    orcid = orcid("ORCID of the profile.")
    name_alternatives = texts("Other names OpenAlex lists.")
    institution_ids = texts("Last known institutions.")
    works_count = dy.Int64(nullable=True, min=0, description="Works OpenAlex counts.")
    updated_at = instant("OpenAlex's updated_date.")
    page_id = dy.String(description="Raw page the record came from.")
    fetched_at = instant("When that page was fetched.", nullable=False)


class OpenAlexInstitutions(dy.Schema):
    """An OpenAlex institution record."""

    institution_id = dy.String(primary_key=True, regex=r"^I\d+$", description="OpenAlex institution id.")
    ror = text("ROR id, without the URL prefix.")
    display_name = text("Name OpenAlex shows.")
    country_code = text("ISO 3166-1 alpha-2 country code.")
    institution_type = text("OpenAlex's kind of institution.")
    updated_at = instant("OpenAlex's updated_date; null for one that only works name.")
    page_id = dy.String(description="Raw page the record came from.")
    fetched_at = instant("When that page was fetched.", nullable=False)


class WorkRecords(dy.Schema):
    """A source record that is part of a work, and how it was joined."""

    source = dy.String(primary_key=True, description="arxiv or openalex.")
    record_id = dy.String(primary_key=True, description="arXiv id or OpenAlex work id.")
    work_id = work_id()
    method = dy.Enum(
        ["own_record", "published_doi", "arxiv_doi", "location", "title_byline"],
        description="How the record was joined to the work.",
    )
    score = dy.Float64(min=0, max=1, description="Agreement of title and byline with the work's leading record.")
    is_primary = dy.Bool(description="The record of its source whose values the work shows.")
    doi = text("DOI that the OpenAlex record gives.")
    pages = dy.String(description="Raw pages the record was read from when it was joined.")
    build = dy.Int64(min=1, description="Last build in staging.builds that joined a record of the work.")


class Works(dy.Schema):
    """A paper, its arXiv and OpenAlex records joined."""

    work_id = work_id(primary_key=True)
    title = dy.String(min_length=1, description="Title, cleaned text; arXiv's where it has the paper.")
    abstract = text("Abstract, cleaned text.")
    work_type = text("preprint, article, review, book-chapter ... as OpenAlex names types.")
    publication_year = dy.Int32(nullable=True, description="Year of publication, or of first submission.")
    first_submitted_at = instant("When version 1 was submitted to arXiv.")
    last_updated_at = instant("When the newest version was submitted to arXiv.")
    arxiv_id = text("arXiv id without version.")
    doi = text("Published DOI when there is one, else OpenAlex's canonical DOI; lower case.")
    openalex_id = text("OpenAlex id of the leading OpenAlex record.")
    primary_category = text("Primary arXiv category.")
    venue = text("Journal or conference that OpenAlex names.")
    journal_ref = text("Journal reference as given by the authors.")
    comments = text("Author comments on arXiv.")
    submitter = text("Who submitted the paper to arXiv.")
    report_no = text("Report number given on arXiv.")
    license = text("Licence URL from arXiv, else OpenAlex's licence name.")
    is_open_access = dy.Bool(description="On arXiv, or open by OpenAlex.")
    is_withdrawn = dy.Bool(description="Withdrawn from arXiv.")
    is_retracted = dy.Bool(description="Retracted by OpenAlex's account.")
    cited_by_count = dy.Int64(min=0, description="Citations OpenAlex counts; 0 when it was not loaded.")
    code_urls = texts("Links to code in the abstract and comments, in order of appearance.")
    dataset_urls = texts("Links to data in the abstract and comments, in order of appearance.")
    byline_size = dy.Int32(min=0, description="Names printed on the work, persons and others.")
    has_openalex = dy.Bool(description="An OpenAlex record is joined.")


class WorkVersions(dy.Schema):
    """One arXiv version of a work."""

    work_id = work_id(primary_key=True)
    version = dy.Int32(primary_key=True, min=1, description="Version number, 1-based.")
    submitted_at = instant("When the version was submitted.")
    size_bytes = dy.Int64(nullable=True, min=0, description="Source size in bytes, to arXiv's own rounding.")


class WorkTopics(dy.Schema):
    """A topic of a work in one scheme."""

    work_id = work_id(primary_key=True)
    scheme = dy.Enum(["arxiv", "openalex"], primary_key=True, description="arxiv (categories) or openalex (topics).")
    topic_id = dy.String(primary_key=True, description="Category code or OpenAlex topic id.")
    topic_name = dy.String(description="Name in full, such as Machine Learning.")
    is_primary = dy.Bool(description="The scheme's primary topic of the work.")


class WorkReferences(dy.Schema):
    """A work that a work cites."""

    work_id = work_id(primary_key=True)
    cited_record_id = dy.String(primary_key=True, description="OpenAlex id of the cited work.")
    cited_work_id = dy.String(
        nullable=True, regex=WORK_ID, description="The cited work here; null when it is not loaded."
    )


class WorkTexts(dy.Schema):
    """A title or abstract of a work in another language than the one that works show."""

    work_id = work_id(primary_key=True)
    language = dy.String(
        primary_key=True, regex=r"^[a-z]{2,3}(-[A-Za-z]{2,8})?$", description="ISO 639-1 code, as the source tells it."
    )
    kind = dy.Enum(["title", "abstract"], primary_key=True, description="What it is of the work.")
    text = dy.String(min_length=1, description="The text.")
    source = dy.String(primary_key=True, description="openalex, or the service that translated it.")
    is_machine = dy.Bool(description="A machine translated it; else a source's record carries it.")
    translated_from = dy.String(nullable=True, description="Language that a machine translated it from.")
    original_digest = dy.String(
        nullable=True, description="SHA-256 of the text that a machine translated, so that a changed one is done anew."
    )


class FieldSources(dy.Schema):
    """Where a value of a work came from."""

    work_id = work_id(primary_key=True)
    field = dy.String(
        primary_key=True,
        description=(
            "Column of staging.works; byline, its names and affiliations; categories; what OpenAlex tells besides:"
            " topics, references, institutions, and of the names openalex_author_id, orcid, raw_affiliation."
        ),
    )
    source = dy.String(description="Door the value came by.")
    record_id = dy.String(description="Record it was taken from.")
    fetched_at = instant("When that record was fetched.", nullable=False)


class Mentions(dy.Schema):
    """One author name printed on one work."""

    mention_id = dy.String(primary_key=True, regex=r"#\d+$", description="work_id, # and the 1-based position.")
    work_id = work_id()
    position = dy.Int32(min=1, description="1-based place in the printed byline.")
    raw_name = dy.String(description="Name as printed.")
    given = text("Given names or initials; null when there are none.")
    family = text("Family name with its particles; the whole name of a mononym or group.")
    suffix = text("Jr., III and the like.")
    kind = dy.Enum(KINDS, description="person, group (a collaboration) or placeholder (et al., unknown).")
    orcid = orcid("ORCID asserted for this name on the work itself.")
    openalex_author_id = text("Profile OpenAlex puts this name in.")
    raw_affiliation = text("Affiliations as printed, joined by '; '.")
    byline_source = dy.Enum(["arxiv", "openalex"], description="Source whose byline the name stands in.")
    is_on_openalex = dy.Bool(description="The name also stands in the joined OpenAlex byline.")


class MentionInstitutions(dy.Schema):
    """An institution OpenAlex recognised in the affiliation of a mention."""

    mention_id = dy.String(primary_key=True, description="The mention.")
    institution_id = dy.String(primary_key=True, description="OpenAlex institution id.")


class Institutions(dy.Schema):
    """An institution that a mention or a loaded record names."""

    institution_id = dy.String(primary_key=True, description="OpenAlex institution id.")
    ror = text("ROR id, without the URL prefix.")
    display_name = text("Name OpenAlex shows.")
    country_code = text("ISO 3166-1 alpha-2 country code.")
    institution_type = text("OpenAlex's kind of institution.")


class Builds(dy.Schema):
    """A run of a step that joins works or makes pages of them: how much it renewed."""

    number = dy.Int64(primary_key=True, min=1, description="1 for the first, then one more each time.")
    run_id = dy.String(description="Dagster run.")
    step = dy.String(description="works, mentions, people, profiles, papers, graph or changes.")
    mode = dy.Enum(
        ["whole", "part"],
        description="whole: every row was made again, at first or by another program. part: what changes can reach.",
    )
    program = dy.String(description="Digest of the program that made the rows.")
    renewed = dy.Int64(min=0, description="Works, for people mentions and for profiles authors, made again.")


class WorkChanges(dy.Schema):
    """A work that a build changed: what later steps have to look at again."""

    build = dy.Int64(primary_key=True, min=1, description="The build, as in staging.builds.")
    work_id = work_id(primary_key=True)
    change = dy.Enum(["added", "updated", "removed"], description="What happened to the work.")
    fields = texts(
        "Columns of staging.works that changed, and tables about the work that did: records, versions, topics,"
        " references, byline, institutions, authors; cited_by when a reference to it came or went."
    )
    orcids = texts("ORCID iDs that came to a name of its byline or left it.")
