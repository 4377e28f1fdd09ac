-- One row is a figure of what this run did to the mentions that the published file held before: how many there are, the
-- share whose author is another now, the share whose author did not exist then. No rows without such mentions.
WITH carried AS (
    SELECT now.author_id, before.author_id AS author_id_before
    FROM resolved.author_mentions AS now INNER JOIN published_people AS before USING (mention_id)
),

figures AS (
    SELECT
        count(*)::DOUBLE AS carried_mentions,
        avg((author_id != author_id_before)::INTEGER) AS churn,
        avg((author_id NOT IN (SELECT author_id FROM published_people))::INTEGER) AS newly_minted
    FROM carried
    HAVING count(*) > 0
)

SELECT 'all' AS slice, metric, value
FROM (UNPIVOT figures ON carried_mentions, churn, newly_minted INTO NAME metric VALUE value)
ORDER BY metric
