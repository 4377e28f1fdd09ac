-- One row is an author with what was loaded about them; temporary table authorships. OpenAlex is loaded for an author
-- when a work of theirs is on it; an affiliation is loaded when OpenAlex is, or when arXiv itself prints one.
SELECT
    author_id,
    min(kind) AS kind,
    bool_or(has_openalex) AS has_openalex,
    bool_or(has_openalex OR raw_affiliation IS NOT NULL) AS has_affiliations
FROM authorships
GROUP BY author_id
