-- One row is an OpenAlex record whose work has to be found again: it changed, is joined to an arXiv paper that changed,
-- or shares an identifier or a title key with one; a paper that went counts, too. Temporary table changed_records.
WITH papers AS (
    SELECT arxiv_id, doi, regexp_replace(lower(title), '[^\p{L}\p{N}]+', '', 'g') AS title_key
    FROM staging.arxiv_records
    SEMI JOIN (SELECT record_id AS arxiv_id FROM changed_records WHERE source = 'arxiv') USING (arxiv_id)
)

SELECT record_id AS openalex_id
FROM changed_records
WHERE source = 'openalex'
UNION
SELECT joined.record_id
FROM staging.work_records AS joined
SEMI JOIN (SELECT 'arxiv:' || record_id AS work_id FROM changed_records WHERE source = 'arxiv') USING (work_id)
WHERE joined.source = 'openalex'
UNION
SELECT openalex_id
FROM staging.openalex_works
WHERE
    arxiv_id IN (SELECT record_id FROM changed_records WHERE source = 'arxiv')
    OR doi IN (SELECT doi FROM papers UNION ALL SELECT '10.48550/arxiv.' || lower(arxiv_id) FROM papers)
    OR regexp_replace(lower(title), '[^\p{L}\p{N}]+', '', 'g') IN (SELECT title_key FROM papers)
