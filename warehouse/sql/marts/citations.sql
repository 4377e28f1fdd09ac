-- One row is a citation between two loaded works.
SELECT DISTINCT work_id AS citing_work_id, cited_work_id
FROM staging.work_references
WHERE cited_work_id IS NOT NULL AND cited_work_id != work_id
