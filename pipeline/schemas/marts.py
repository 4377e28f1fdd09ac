"""Contracts of the marts: what the pages of an app show, one indexed read each."""

import dataframely as dy

from pipeline.schemas.raw import instant
from pipeline.schemas.staging import Works, orcid, text, texts, work_id


class Authors(dy.Schema):
    """A person's page; a collaboration or placeholder name has one too, at level L0."""

    author_id = dy.String(primary_key=True, description="The author.")
    display_name = dy.String(description="The fullest name most often printed, or the one a correction set.")
    name_variants = texts("Other printed forms, most frequent first.")
    kind = dy.String(description="person, group or placeholder.")
    orcid = orcid("ORCID the person signed in with to claim the record, else the one that most works assert.")
    affiliation = text("Institution or affiliation on the latest work that has one.")
    affiliation_status = dy.Enum(
        ["found", "none", "not_loaded"],
        description="not_loaded: no source with affiliations has these works.",
    )
    works_count = dy.Int64(min=0, description="Works.")
    topics_count = dy.Int64(min=0, description="Distinct topic names over the works.")
    collaborators_count = dy.Int64(min=0, description="Other persons on the same bylines, bylines of 2 to 100 persons.")
    close_collaborators_count = dy.Int64(min=0, description="Collaborators whose tie is strong for this author.")
    cited_by_count = dy.Int64(min=0, description="Citations of the works, summed.")
    first_year = dy.Int32(nullable=True, description="Year of the first work.")
    last_year = dy.Int32(nullable=True, description="Year of the last work.")
    claim_status = dy.String(
        description="none (unclaimed), pending, rejected, approved, approved_email, orcid_authenticated."
    )
    trust_score = dy.Int32(min=0, max=100, description="Sum of the points in marts.trust_reasons.")
    trust_tier = dy.String(description="Unverified, Corroborated, Identified or Verified.")
    verification_level = dy.String(regex="^L[0-5]$", description="Which kind of evidence there is, L0 to L5.")
    score_ceiling = dy.Int32(min=0, max=100, description="The most that the loaded sources could give.")
    model_version = dy.String(description="Version of the trust formula.")


class AuthorNames(dy.Schema):
    """A printed name of an author, or an id that leads to one; a view, so that names stand in one place only."""

    name = dy.String(description="The name, or an author_id, also one that was merged away; in lower case.")
    author_id = dy.String(description="The author; people of one name have rows of their own.")


class AuthorWorks(dy.Schema):
    """A work of an author, with what a list of works shows."""

    author_id = dy.String(primary_key=True, description="The author.")
    work_id = work_id(primary_key=True)
    mention_id = dy.String(description="Where the name stands; the first, if the author stands twice.")
    position = dy.Int32(min=1, description="1-based place in the byline.")
    printed_name = dy.String(description="Name as printed on this work.")
    probability = dy.Float64(min=0, max=1, description="Probability that the mention belongs to the author.")
    title = dy.String(description="Title of the work.")
    work_type = text("Type of the work.")
    display_year = dy.Int32(nullable=True, description="Year of the last update, as a page shows it.")
    first_submitted_at = instant("When version 1 was submitted.")
    cited_by_count = dy.Int64(min=0, description="Citations of the work.")
    byline_size = dy.Int32(min=1, description="Names printed on the work.")
    is_cited = dy.Bool(description="A confirmed work that shares no author cites it.")


class Collaborators(dy.Schema):
    """An author and one collaborator, in one direction."""

    author_id = dy.String(primary_key=True, description="The author.")
    collaborator_id = dy.String(primary_key=True, description="The other person.")
    display_name = dy.String(description="The collaborator's display name.")
    joint_works = dy.Int64(min=1, description="Works on which both stand.")
    newman_weight = dy.Float64(min=0, description="Sum over joint works of 1/(n-1), n persons on the byline.")
    strength = dy.Float64(min=0, description="Sum over joint works of the tie, weighted by probability.")
    is_established = dy.Bool(description="strength >= 1/2.")
    is_close = dy.Bool(description="strength >= 1/2 sqrt(W), W the author's byline-weighted works.")
    first_year = dy.Int32(nullable=True, description="Year of the first joint work.")
    last_year = dy.Int32(nullable=True, description="Year of the last joint work.")


class TrustReasons(dy.Schema):
    """A component of an author's trust score; the points of an author add up to the score."""

    author_id = dy.String(primary_key=True, description="The author.")
    component = dy.String(
        primary_key=True,
        description="claim, orcid, affiliation, sources, citations, works, history, ties, conflict_discount.",
    )
    x = dy.Float64(description="Amount of evidence counted.")
    max = dy.Float64(nullable=True, description="Most points the component can give.")
    k = dy.Float64(nullable=True, description="Amount of evidence that gives half of max.")
    points = dy.Float64(description="Points given, to 0.01; negative for the conflict discount.")
    status = dy.Enum(["found", "none", "not_loaded"], description="none: looked for; not_loaded: source not loaded.")
    sentence = dy.String(description="The reason in one sentence.")
    evidence_ids = texts("Ids of works, mentions or authors that were counted, at most 10.")


class Papers(Works):
    """A paper page: everything the page shows."""

    display_year = dy.Int32(nullable=True, description="Year of the last update, as the page shows it.")
    first_submitted_year = dy.Int32(nullable=True, description="Year of version 1.")
    sources = texts("Sources that have the paper: arXiv, OpenAlex.")
    authors = dy.List(
        dy.Struct(
            {
                "author_id": dy.String(nullable=True),
                "name": dy.String(nullable=True),
                "position": dy.Int32(nullable=True),
            }
        ),
        description="Authors in printed order.",
    )
    versions = dy.List(
        dy.Struct(
            {
                "version": dy.Int32(nullable=True),
                "submitted_at": dy.Datetime(time_zone="UTC", time_unit="us", nullable=True),
                "size_bytes": dy.Int64(nullable=True),
            }
        ),
        description="arXiv versions, oldest first.",
    )
    topics = dy.List(
        dy.Struct(
            {
                "scheme": dy.String(nullable=True),
                "topic_id": dy.String(nullable=True),
                "topic_name": dy.String(nullable=True),
                "is_primary": dy.Bool(nullable=True),
            }
        ),
        description="Topics of every scheme, primary first, names in full.",
    )
    institutions_count = dy.Int64(min=0, description="Distinct institutions over the byline.")
    institutions = dy.List(
        dy.Struct(
            {
                "institution_id": dy.String(nullable=True),
                "display_name": dy.String(nullable=True),
                "authors_count": dy.Int64(nullable=True),
            }
        ),
        description="Those institutions, the ones that most names of the byline are at first.",
    )
    has_code = dy.Bool(description="A link to code is known.")
    has_dataset = dy.Bool(description="A link to data is known.")
    bibtex = dy.String(description="BibTeX entry.")


class PaperTexts(dy.Schema):
    """A title or abstract of a paper in another language; a view, so that texts stand in one place only."""

    work_id = dy.String(description="The paper.")
    language = dy.String(description="ISO 639-1 code, as the source tells it.")
    kind = dy.String(description="title or abstract.")
    text = dy.String(description="The text.")
    source = dy.String(description="openalex, or the service that translated it.")
    is_machine = dy.Bool(description="A machine translated it; else a source's record carries it.")
    translated_from = dy.String(nullable=True, description="Language that a machine translated it from.")


class Changes(dy.Schema):
    """Something that a run changed; a run that changed nothing has no row."""

    run_id = dy.String(primary_key=True, description="Dagster run.")
    entity = dy.Enum(["work", "author"], primary_key=True, description="What it happened to.")
    entity_id = dy.String(primary_key=True, description="The work's or the author's id.")
    change = dy.Enum(
        [
            *("added", "updated", "withdrawn", "removed"),
            *("minted", "moved", "merged", "split", "retired", "score_changed"),
        ],
        primary_key=True,
        description="What happened: the first four to works, the others to authors.",
    )
    part = dy.String(
        primary_key=True,
        description="score_changed: the component of the trust score. moved: the mention. merged, split, retired: the"
        " other author. Empty otherwise.",
    )
    detail = dy.String(description="updated: the fields. Else what happened in one sentence.")
    points_before = dy.Float64(nullable=True, description="score_changed: points of the component before.")
    points_after = dy.Float64(nullable=True, description="score_changed: points of the component now.")
