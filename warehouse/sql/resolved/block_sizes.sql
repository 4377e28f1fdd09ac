-- One row is a block with its mentions in the last run and now. Temporary tables: changed_mentions, arrivals.
SELECT block, sum(last)::BIGINT AS last, sum(now)::BIGINT AS now
FROM (
    SELECT block, count(*) AS last, count(*) AS now
    FROM resolved.mention_places
    GROUP BY block
    UNION ALL
    SELECT place.block, 0, -count(*)
    FROM resolved.mention_places AS place
    SEMI JOIN changed_mentions USING (mention_id)
    GROUP BY place.block
    UNION ALL
    SELECT block, 0, count(*)
    FROM arrivals
    GROUP BY block
)
WHERE block != ''
GROUP BY block
