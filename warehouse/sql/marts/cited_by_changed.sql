-- One row is a work whose being cited by others may be another now: it changed, or a work that changed cites it;
-- temporary table changed_works.
SELECT work_id FROM changed_works
UNION
SELECT cited_work_id
FROM staging.work_references
SEMI JOIN changed_works USING (work_id)
WHERE cited_work_id IS NOT NULL
