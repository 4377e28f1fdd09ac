-- One row is an author that OpenAlex names on a work here.
SELECT DISTINCT name.openalex_author_id AS openalex_author_id
FROM (SELECT unnest(byline) AS name FROM staging.openalex_works)
