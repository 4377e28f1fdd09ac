-- One row is a block, the largest first, with its mentions and the smallest of them. Parameter: shown.
WITH largest AS (
    SELECT block, count(*) AS mentions
    FROM resolved.mention_places
    WHERE block != ''
    GROUP BY block
    ORDER BY mentions DESC, block
    LIMIT $shown
)

SELECT block, any_value(largest.mentions) AS mentions, min(place.mention_id) AS mention_id
FROM largest
INNER JOIN resolved.mention_places AS place USING (block)
GROUP BY block
ORDER BY mentions DESC, block
