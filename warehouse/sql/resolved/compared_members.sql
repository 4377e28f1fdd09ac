-- One row is a mention that stands for its cluster in a pair that was proposed. Parameters: are_forms, whose pairs; most,
-- how many mentions stand for a cluster: evenly spaced ones, and only written-out names where they are to be forms of
-- one. Temporary tables: placed, proposed_pairs.
WITH members AS (
    SELECT mention_id, cluster, first
    FROM placed
    WHERE cluster IN (SELECT changed FROM proposed_pairs WHERE are_forms = $are_forms)
    UNION ALL
    SELECT mention_id, cluster, first
    FROM resolved.mention_places
    WHERE cluster IN (SELECT other FROM proposed_pairs WHERE are_forms = $are_forms)
),

numbered AS (
    SELECT
        mention_id,
        cluster,
        row_number() OVER (PARTITION BY cluster ORDER BY mention_id) - 1 AS place,
        count(*) OVER (PARTITION BY cluster) AS members
    FROM members
    WHERE length(first) > 1 OR NOT $are_forms
)

SELECT mention_id, cluster
FROM numbered
WHERE members <= $most OR place IN (SELECT step * (members - 1) // ($most - 1) FROM range($most) AS steps (step))
