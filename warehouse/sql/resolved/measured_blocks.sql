-- One row is a block that is resolved again for measuring: of those that hold a mention of `known`, in the order of the
-- digests of their keys, as many as it takes to reach so many mentions. Parameter: bound.
WITH held AS (
    SELECT block, count(*) AS mentions
    FROM resolved.mention_places
    WHERE block IN (SELECT block FROM resolved.mention_places SEMI JOIN known USING (mention_id) WHERE block != '')
    GROUP BY block
)

SELECT block
FROM held
QUALIFY sum(mentions) OVER (ORDER BY sha256(block), block ROWS UNBOUNDED PRECEDING) - mentions < $bound
ORDER BY block
