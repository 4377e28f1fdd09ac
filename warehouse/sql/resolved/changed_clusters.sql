-- One row is a cluster, before units were joined, that is not what it was in the last run. Temporary tables: placed,
-- changed_mentions, affected_mentions.
WITH now AS (
    SELECT
        placed.cluster,
        count(*) AS mentions,
        count(DISTINCT last.cluster) AS parts,
        any_value(last.cluster) AS was,
        bool_or(changed.mention_id IS NOT NULL) AS is_changed
    FROM placed
    LEFT JOIN changed_mentions AS changed USING (mention_id)
    LEFT JOIN resolved.mention_places AS last USING (mention_id)
    GROUP BY placed.cluster
),

before AS (
    SELECT cluster, count(*) AS mentions
    FROM resolved.mention_places
    SEMI JOIN affected_mentions USING (mention_id)
    GROUP BY cluster
)

SELECT now.cluster
FROM now
LEFT JOIN before ON now.was = before.cluster
WHERE now.is_changed OR now.parts != 1 OR now.mentions IS DISTINCT FROM before.mentions
