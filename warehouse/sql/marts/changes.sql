-- One row is something that a run changed, of the runs since the step's last build; temporary table this_build (last,
-- run_id). A work that a run added is not also updated by it, and a citation of it from elsewhere is no change of a work.
WITH runs AS (
    SELECT run_id FROM staging.builds WHERE number > (SELECT last FROM this_build)
    UNION
    SELECT run_id FROM this_build
),

changed AS (
    SELECT
        build.run_id,
        change.work_id,
        arg_max(change.change, change.build) FILTER (WHERE change.change != 'updated') AS fate,
        list_sort(list_distinct(flatten(list(list_filter(change.fields, lambda field: field != 'cited_by'))))) AS fields
    FROM staging.work_changes AS change
    INNER JOIN staging.builds AS build ON change.build = build.number
    SEMI JOIN runs ON build.run_id = runs.run_id
    GROUP BY build.run_id, change.work_id
)

SELECT
    run_id,
    'work' AS entity,
    work_id AS entity_id,
    coalesce(fate, 'updated') AS change,
    '' AS part,
    CASE WHEN fate IS NULL THEN array_to_string(fields, ', ') ELSE coalesce(title, '') END AS detail
FROM changed
LEFT JOIN staging.works AS work USING (work_id)
WHERE fate IS NOT NULL OR len(fields) > 0
UNION ALL BY NAME
SELECT
    run_id,
    'work' AS entity,
    work_id AS entity_id,
    'withdrawn' AS change,
    '' AS part,
    title AS detail
FROM changed
INNER JOIN staging.works AS work USING (work_id)
WHERE is_withdrawn AND (fate = 'added' OR list_contains(fields, 'is_withdrawn'))
UNION ALL BY NAME
SELECT
    run_id,
    'author' AS entity,
    author_id AS entity_id,
    event AS change,
    coalesce(CASE event WHEN 'moved' THEN mention_id WHEN 'minted' THEN '' ELSE other_author_id END, '') AS part,
    min(why) AS detail
FROM resolved.author_history
SEMI JOIN runs USING (run_id)
GROUP BY ALL
