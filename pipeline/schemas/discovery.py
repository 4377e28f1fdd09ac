"""Contracts of discovery: which papers are related and why, and what surrounds a paper or a person."""

import dataframely as dy

from pipeline.schemas.staging import WORK_ID, text, texts, work_id


class RelatedPapers(dy.Schema):
    """A paper and one that is related to it, at most 200 a paper and fewer where little speaks for more."""

    work_id = work_id(primary_key=True)
    rank = dy.Int32(primary_key=True, min=1, max=200, description="Place in the list, best first.")
    related_work_id = dy.String(description="The related paper.")
    score = dy.Float64(
        min=0,
        description="Sum of 1 / (60 + place) over the lists by references and by terms that the paper stands in.",
    )
    shared_references = texts(
        "Works that both cite, or of the two the one that the other cites; least cited first, at most 5."
    )
    shared_terms = texts("Words and phrases of title and abstract that both have; most telling first, at most 5.")


class RelatedTerms(dy.Schema):
    """A word or phrase and how much it tells, as counted when all lists were last made anew."""

    term = dy.String(primary_key=True, description="The word, or two, cut to seven letters each.")
    word = dy.String(description="The same as commonly spelt.")
    works = dy.Int64(min=2, description="Works whose title or abstract has it.")
    weight = dy.Float64(
        min=0, description="Rarity, ln(all works / works), times how far their fields differ from all works'."
    )


class RelatedReferences(dy.Schema):
    """A cited work and how often it is cited here, as counted when all lists were last made anew."""

    reference = dy.String(primary_key=True, description="work_id of the cited work, or openalex: and its W id.")
    works = dy.Int64(min=1, description="Works here that cite it; those that fewer than 5 cite are left out.")


class RelatedVectors(dy.Schema):
    """What is kept of the title and abstract of a work, to compare it by."""

    work_id = work_id(primary_key=True)
    terms = dy.List(
        dy.Int32(),
        description="Its terms, the most telling first, at most 40: each by its place in marts.related_terms by weight,"
        " the greatest first, then term; counted from 0.",
    )
    weights = dy.List(dy.Int32(), description="How much each tells of the work, of a vector of length 2048.")


class RelatedWorks(dy.Schema):
    """What a work's list of related papers was made from, and what a new work must reach to enter it."""

    work_id = work_id(primary_key=True)
    fingerprint = dy.Int64(description="Digest of title, abstract and references.")
    terms_bar = dy.Int64(min=1, description="Similarity by terms that a work must have to enter the list, times 2^22.")
    references_bar = dy.Int64(min=1, description="Similarity by references, likewise.")
    is_counted = dy.Bool(description="The work was there when terms and references were counted.")
    is_in_order = dy.Bool(description="The list is stored where the order of work ids has it, not added behind.")


class AuthorTopics(dy.Schema):
    """A topic of an author's works."""

    author_id = dy.String(primary_key=True, description="The author.")
    topic_id = dy.String(primary_key=True, description="Category code or OpenAlex topic id, as in marts.topics.")
    works_count = dy.Int64(min=1, description="Works of the author on it.")
    place = dy.Int64(min=1, description="Place among the author's topics, the one of most works first.")


class AuthorInstitutions(dy.Schema):
    """An institution that an author's works name for the author."""

    author_id = dy.String(primary_key=True, description="The author.")
    institution_id = dy.String(primary_key=True, description="OpenAlex institution id.")
    works_count = dy.Int64(min=1, description="Works that name it.")
    first_year = dy.Int32(nullable=True, description="Year of the first of them.")
    last_year = dy.Int32(nullable=True, description="Year of the last of them.")
    place = dy.Int64(min=1, description="Place among the author's institutions, the one of most works first.")


class PaperInstitutions(dy.Schema):
    """An institution on the byline of a paper."""

    work_id = work_id(primary_key=True)
    institution_id = dy.String(primary_key=True, description="OpenAlex institution id.")
    authors_count = dy.Int64(min=1, description="Names of the byline that are there.")
    place = dy.Int64(min=1, description="Place among the paper's institutions, the one of most names first.")


class NearPeople(dy.Schema):
    """A person near a paper: a close collaborator of one of its first 20 authors, who is not on its byline."""

    work_id = work_id(primary_key=True)
    collaborator_id = dy.String(primary_key=True, description="The person.")
    author_id = dy.String(description="The author of the paper with whom the person's tie is strongest.")
    strength = dy.Float64(min=0, description="Strength of the ties to the paper's authors, summed.")
    authors_count = dy.Int64(min=1, description="Authors of the paper whose close collaborator it is.")
    place = dy.Int64(min=1, max=10, description="Place among the people near the paper, the strongest ties first.")


class EstablishedTies(dy.Schema):
    """An author with the established ties to authors of greater ids, so that each tie stands in one row.

    A text is looked up by its key in a quarter of the time that a list takes.
    """

    author_id = dy.String(primary_key=True, description="The author.")
    ties = dy.String(
        min_length=2, description="JSON object: id of the other author -> strength, as in marts.collaborators."
    )
    digest = dy.Int64(min=0, description="Digest of the ties, by which a run finds those that changed.")


class CitingPapers(dy.Schema):
    """A paper here and one here that cites it."""

    work_id = work_id(primary_key=True)
    citing_work_id = dy.String(primary_key=True, description="The paper that cites it.")
    cited_by_count = dy.Int64(min=0, description="Citations of the citing paper.")
    place = dy.Int64(min=1, description="Place among the citing papers, the most cited first.")


class CitedPapers(dy.Schema):
    """A paper here and one here that it cites."""

    work_id = work_id(primary_key=True)
    cited_work_id = dy.String(primary_key=True, regex=WORK_ID, description="The paper it cites.")
    cited_by_count = dy.Int64(min=0, description="Citations of the cited paper.")
    place = dy.Int64(min=1, description="Place among the cited papers, the most cited first.")


class Topics(dy.Schema):
    """A topic of any paper."""

    topic_id = dy.String(primary_key=True, description="Category code or OpenAlex topic id.")
    scheme = dy.Enum(["arxiv", "openalex"], description="arxiv (categories) or openalex (topics).")
    topic_name = dy.String(description="Name in full.")
    works_count = dy.Int64(min=1, description="Works on it.")


class GraphNodes(dy.Schema):
    """A paper, person, topic or institution; a view, so that names and titles stand in one place only."""

    node_id = dy.String(description="work_id, author_id, topic id or institution id.")
    kind = dy.String(description="paper, person, topic or institution.")
    label = text("Title, display name or name.")
    year = dy.Int32(nullable=True, description="Year that a paper's page shows, or of a person's last work.")
    size = dy.Int64(nullable=True, description="Citations of a paper, works of a person or topic.")


class GraphEdges(dy.Schema):
    """A neighbour of a paper or an author: the slice around it; a view, read by centre_id."""

    centre_id = dy.String(description="The paper or author in the middle.")
    kind = dy.String(
        description="Around a paper: related, cites, cited_by (20 each), author (20), near_person (a close collaborator"
        " of an author, 10), topic (10), institution (10). Around an author: wrote, collaborator (20 each), topic,"
        " institution (10 each)."
    )
    place = dy.Int32(min=1, description="Place among the centre's neighbours of the kind, the weightiest first.")
    source_id = dy.String(
        description="The other end: the centre, but of near_person the author whose collaborator it is."
    )
    target_id = dy.String(description="The neighbour, a node of marts.graph_nodes.")
    weight = dy.Float64(
        min=0,
        description="related: the score. cites, cited_by: citations of the neighbour. author: 1 / place in the byline."
        " near_person, collaborator: strength of the tie. wrote: probability that the author wrote it. topic:"
        " 1 / place around a paper, works around an author. institution: names of the byline, or works.",
    )
    reason = dy.String(description="Why the two are neighbours, in a few words.")


class PaperEdges(GraphEdges):
    """A neighbour of a paper: those edges of the graph whose centre is one, found sooner; a view by centre_id."""


class AuthorEdges(GraphEdges):
    """A neighbour of an author: those edges of the graph whose centre is one, found sooner; a view by centre_id."""
