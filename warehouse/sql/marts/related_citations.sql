-- One row is a work and a work it cites, once; a cited work that is loaded has its own id.
SELECT DISTINCT work_id, coalesce(cited_work_id, 'openalex:' || cited_record_id) AS reference
FROM staging.work_references
WHERE cited_work_id IS DISTINCT FROM work_id
