-- One row is a work in whose list a work stands that changed or went, not one that is new; temporary table
-- related_changes.
SELECT DISTINCT work_id
FROM marts.related_papers
WHERE related_work_id IN (SELECT work_id FROM related_changes WHERE NOT is_new)
