-- One row is an institution that OpenAlex names on a work here, or an author's profile does.
SELECT unnest(name.institution_ids) AS institution_id
FROM (SELECT unnest(byline) AS name FROM staging.openalex_works)
UNION
SELECT unnest(institution_ids) AS institution_id
FROM staging.openalex_authors
