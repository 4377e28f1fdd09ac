-- One row is a count of this run without gold. Events are those since the last run that was measured. Parameter: run_id.
WITH sizes AS (
    SELECT author_id, count(*) AS mentions FROM resolved.author_mentions GROUP BY author_id
),

placed AS (
    SELECT
        size.author_id,
        size.mentions,
        CASE
            WHEN size.mentions <= 2 THEN size.mentions::VARCHAR
            ELSE (1 + 2 ** (ceil(log2(size.mentions)) - 1))::BIGINT || ' to ' || (2 ** ceil(log2(size.mentions)))::BIGINT
        END AS step
    FROM sizes AS size
),

events AS (
    SELECT event, count(*) AS n
    FROM resolved.author_history
    WHERE run_id NOT IN (SELECT run_id FROM resolved.quality WHERE run_id != $run_id)
    GROUP BY event
)

SELECT 'all' AS slice, 'mentions' AS metric, coalesce(sum(mentions), 0)::DOUBLE AS value
FROM sizes
UNION ALL
SELECT 'all', 'authors', count(*) FROM sizes
UNION ALL
SELECT 'all', 'largest_author', coalesce(max(mentions), 0) FROM sizes
UNION ALL
SELECT 'all', 'unmet_corrections', count(*) FROM resolved.unmet_corrections
UNION ALL
SELECT 'all', event.name || '_authors', coalesce(events.n, 0)
FROM (SELECT unnest(['minted', 'merged', 'split', 'moved', 'retired']) AS name) AS event
LEFT JOIN events ON event.name = events.event
UNION ALL
SELECT 'cluster size: ' || step, 'authors', count(*) FROM placed GROUP BY step
UNION ALL
SELECT 'cluster size: ' || step, 'mentions', sum(mentions) FROM placed GROUP BY step
ORDER BY slice, metric
