-- One row is a mention of an island, of this run or of the last, whose clusters are tied to others that they were not
-- compared with. Temporary tables: placed, ties (changed, other).
SELECT mention_id
FROM placed
WHERE island IN (SELECT island FROM placed WHERE cluster IN (SELECT changed FROM ties))
UNION
SELECT mention_id
FROM resolved.mention_places
WHERE island IN (SELECT island FROM resolved.mention_places WHERE cluster IN (SELECT other FROM ties))
