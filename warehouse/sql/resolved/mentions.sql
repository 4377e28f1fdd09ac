-- One row is a mention as the resolver reads it.
SELECT
    mention_id,
    work_id,
    position,
    raw_name AS name,
    given,
    family,
    raw_affiliation AS affiliation,
    orcid,
    openalex_author_id
FROM staging.mentions
