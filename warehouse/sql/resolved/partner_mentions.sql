-- One row is a mention of an island, of this run or of the last, whose clusters are tied to others that they were not
-- compared with. Temporary tables: placed, ties (mention_id_l, mention_id_r), affected_mentions.
WITH tied AS (
    SELECT unnest([mention_id_l, mention_id_r]) AS mention_id
    FROM ties
)

SELECT mention_id
FROM placed
SEMI JOIN (SELECT island FROM placed SEMI JOIN tied USING (mention_id)) USING (island)
UNION
SELECT mention_id
FROM resolved.mention_places
SEMI JOIN (
    SELECT island
    FROM resolved.mention_places
    SEMI JOIN tied USING (mention_id)
    ANTI JOIN affected_mentions USING (mention_id)
) USING (island)
