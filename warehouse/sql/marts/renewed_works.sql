-- One row is a work with another place in the graph, maybe, than at the step's last build: it changed, a work that changed
-- cites it, or it cites one; temporary table this_build (last).
WITH changed AS (
    SELECT DISTINCT work_id FROM staging.work_changes WHERE build > (SELECT last FROM this_build)
)

SELECT work_id FROM changed
UNION
SELECT cited_work_id FROM staging.work_references SEMI JOIN changed USING (work_id) WHERE cited_work_id IS NOT NULL
UNION
SELECT work_id FROM staging.work_references WHERE cited_work_id IN (SELECT work_id FROM changed)
