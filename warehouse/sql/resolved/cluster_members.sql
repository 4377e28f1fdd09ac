-- One row is a mention of a cluster that is compared with another. Temporary tables: placed, pairs (cluster, other).
SELECT mention_id, cluster, block, first
FROM placed
WHERE cluster IN (SELECT cluster FROM pairs)
UNION ALL
SELECT mention_id, cluster, block, first
FROM resolved.mention_places
WHERE cluster IN (SELECT other FROM pairs)
