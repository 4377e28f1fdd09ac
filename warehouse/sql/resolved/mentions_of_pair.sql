-- One row is one of two mentions as the resolver reads it. Parameters: l, r.
SELECT
    mention_id, work_id, position, raw_name AS name, given, family, raw_affiliation AS affiliation, orcid,
    openalex_author_id
FROM staging.mentions
WHERE mention_id IN ($l, $r)
ORDER BY mention_id
