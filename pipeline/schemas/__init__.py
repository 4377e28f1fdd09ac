"""Table contracts, declared once.

Each contract is a dataframely schema: its docstring says what one row is, its columns carry dtype, rules and a
description with the unit. From them come the DuckDB tables with their comments and constraints, the column schema in
the Dagster catalogue, the checks, the empty frames and the data dictionary. No table exists that is not in `TABLES`.
"""

import dataframely as dy

from pipeline.schemas import discovery, marts, raw, resolved, staging

Table = type[dy.Schema]

TABLES: dict[str, Table] = {
    "raw.windows": raw.Windows,
    "raw.pages": raw.Pages,
    "staging.page_loads": staging.PageLoads,
    "staging.rejected": staging.Rejected,
    "staging.arxiv_records": staging.ArxivRecords,
    "staging.arxiv_versions": staging.ArxivVersions,
    "staging.openalex_works": staging.OpenAlexWorks,
    "staging.openalex_authors": staging.OpenAlexAuthors,
    "staging.openalex_institutions": staging.OpenAlexInstitutions,
    "staging.work_records": staging.WorkRecords,
    "staging.works": staging.Works,
    "staging.work_versions": staging.WorkVersions,
    "staging.work_topics": staging.WorkTopics,
    "staging.work_references": staging.WorkReferences,
    "staging.work_texts": staging.WorkTexts,
    "staging.field_sources": staging.FieldSources,
    "staging.mentions": staging.Mentions,
    "staging.mention_institutions": staging.MentionInstitutions,
    "staging.institutions": staging.Institutions,
    "staging.builds": staging.Builds,
    "staging.work_changes": staging.WorkChanges,
    "resolved.corrections": resolved.Corrections,
    "resolved.author_mentions": resolved.AuthorMentions,
    "resolved.links": resolved.Links,
    "resolved.authors": resolved.Authors,
    "resolved.author_history": resolved.AuthorHistory,
    "resolved.author_redirects": resolved.AuthorRedirects,
    "resolved.mention_places": resolved.MentionPlaces,
    "resolved.resolutions": resolved.Resolutions,
    "resolved.shown_names": resolved.ShownNames,
    "resolved.unmet_corrections": resolved.UnmetCorrections,
    "resolved.quality": resolved.Quality,
    "marts.authors": marts.Authors,
    "marts.author_names": marts.AuthorNames,
    "marts.author_works": marts.AuthorWorks,
    "marts.collaborators": marts.Collaborators,
    "marts.trust_reasons": marts.TrustReasons,
    "marts.papers": marts.Papers,
    "marts.paper_texts": marts.PaperTexts,
    "marts.related_papers": discovery.RelatedPapers,
    "marts.related_terms": discovery.RelatedTerms,
    "marts.related_references": discovery.RelatedReferences,
    "marts.related_vectors": discovery.RelatedVectors,
    "marts.related_works": discovery.RelatedWorks,
    "marts.author_topics": discovery.AuthorTopics,
    "marts.author_institutions": discovery.AuthorInstitutions,
    "marts.paper_institutions": discovery.PaperInstitutions,
    "marts.near_people": discovery.NearPeople,
    "marts.established_ties": discovery.EstablishedTies,
    "marts.citing_papers": discovery.CitingPapers,
    "marts.cited_papers": discovery.CitedPapers,
    "marts.topics": discovery.Topics,
    "marts.graph_nodes": discovery.GraphNodes,
    "marts.paper_edges": discovery.PaperEdges,
    "marts.author_edges": discovery.AuthorEdges,
    "marts.graph_edges": discovery.GraphEdges,
    "marts.changes": marts.Changes,
}
"""Every table of the warehouse by its full name, in the order the data flows."""

VIEWS = frozenset(
    {
        "marts.author_names",
        "marts.paper_texts",
        "marts.graph_nodes",
        "marts.paper_edges",
        "marts.author_edges",
        "marts.graph_edges",
    }
)
"""Those that are views: they hold nothing, so that what they show stands in one place only. A view's query is the file
of its name."""

INPUT_TABLES = frozenset({"resolved.corrections"})
"""Tables that people write and no asset makes."""


def description(table: Table) -> str:
    """The first sentence of a contract's docstring: what one row is."""
    return " ".join((table.__doc__ or "").strip().split("\n\n")[0].split())


def layer(name: str) -> str:
    """The layer of a full table name: `staging` of `staging.works`."""
    return name.split(".", 1)[0]
