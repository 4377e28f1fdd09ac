-- One row is a work whose rows have to be made again: it has, had or will have a record that changed or was joined
-- again, or a version of it changed. Temporary tables: changed_records, rejoined, found_works.
WITH versions_now AS (
    SELECT arxiv_id, hash(arxiv_id, version, submitted_at, size_bytes) AS digest
    FROM staging.arxiv_versions
),

versions_known AS (
    SELECT work_id, hash(substr(work_id, 7), version, submitted_at, size_bytes) AS digest
    FROM staging.work_versions
)

SELECT work_id
FROM staging.work_records
SEMI JOIN changed_records USING (source, record_id)
UNION
SELECT work_id
FROM staging.work_records
WHERE source = 'openalex' AND record_id IN (SELECT openalex_id FROM rejoined)
UNION
SELECT work_id FROM found_works
UNION
SELECT 'arxiv:' || record_id FROM changed_records WHERE source = 'arxiv'
UNION
SELECT 'arxiv:' || arxiv_id FROM versions_now ANTI JOIN versions_known USING (digest)
UNION
SELECT work_id FROM versions_known ANTI JOIN versions_now USING (digest)
