-- One row is an arXiv paper that joining has to look at: one that changed, or that shares an identifier or a title key
-- with a record whose work has to be found. Temporary tables changed_records, rejoined.
WITH works AS (
    SELECT arxiv_id, doi, regexp_replace(lower(title), '[^\p{L}\p{N}]+', '', 'g') AS title_key
    FROM staging.openalex_works
    SEMI JOIN rejoined USING (openalex_id)
)

SELECT record_id AS arxiv_id
FROM changed_records
WHERE source = 'arxiv'
UNION
SELECT arxiv_id
FROM staging.arxiv_records
WHERE EXISTS (FROM works) AND (
    arxiv_id IN (SELECT arxiv_id FROM works)
    OR doi IN (SELECT doi FROM works)
    OR '10.48550/arxiv.' || lower(arxiv_id) IN (SELECT doi FROM works)
    OR regexp_replace(lower(title), '[^\p{L}\p{N}]+', '', 'g') IN (SELECT title_key FROM works)
)
