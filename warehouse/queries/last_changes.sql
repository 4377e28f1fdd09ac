-- What did the last runs change?
-- One row is a run and a kind of change to works or authors, with how many it happened to and an example; the last run
-- first.
-- runs = 1: runs to look back
WITH last_runs AS (
    SELECT run_id, number
    FROM resolved.resolutions
    ORDER BY number DESC
    LIMIT $runs::BIGINT
)

SELECT
    last_runs.number AS run_number,
    entity,
    change,
    count(DISTINCT entity_id) AS entities,
    min(entity_id) AS example,
    arg_min(detail, entity_id || part) AS detail
FROM marts.changes
INNER JOIN last_runs USING (run_id)
GROUP BY last_runs.number, entity, change
ORDER BY last_runs.number DESC, entity, change;
