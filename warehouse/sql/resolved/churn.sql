-- One row is a figure of what this run did to the mentions that the published file held before: how many there are, the
-- share whose author is another now, the share whose author did not exist then. No rows without such mentions. SQL must
-- see `published`, that file.
WITH carried AS (
    SELECT CASE WHEN now.author_id != before.author_id THEN now.author_id END AS other_author_id, count(*) AS mentions
    FROM resolved.author_mentions AS now
    INNER JOIN published.resolved.author_mentions AS before USING (mention_id)
    GROUP BY ALL
),

new_authors AS (
    SELECT other_author_id
    FROM carried
    WHERE other_author_id IS NOT NULL AND other_author_id NOT IN (SELECT author_id FROM published.resolved.authors)
),

figures AS (
    SELECT
        sum(mentions)::DOUBLE AS carried_mentions,
        coalesce(sum(mentions) FILTER (WHERE other_author_id IS NOT NULL), 0) / sum(mentions) AS churn,
        coalesce(sum(mentions) FILTER (WHERE new_author.other_author_id IS NOT NULL), 0) / sum(mentions) AS newly_minted
    FROM carried
    LEFT JOIN new_authors AS new_author USING (other_author_id)
    HAVING count(*) > 0
)

SELECT 'all' AS slice, metric, value
FROM (UNPIVOT figures ON carried_mentions, churn, newly_minted INTO NAME metric VALUE value)
ORDER BY metric
