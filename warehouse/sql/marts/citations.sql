-- One row is a citation of a work by another that is confirmed; temporary table cited_here (work_id): the works asked about.
SELECT DISTINCT reference.work_id AS citing_work_id, reference.cited_work_id
FROM staging.work_references AS reference
WHERE
    reference.cited_work_id IN (SELECT work_id FROM cited_here)
    AND reference.cited_work_id != reference.work_id
    AND reference.work_id IN (SELECT work_id FROM confirmed)
