-- One row is a block, the largest first, with its mentions and the smallest of them. SQL must see named_mentions.
SELECT block, count(*) AS mentions, min(mention_id) AS mention_id
FROM named_mentions
WHERE block IS NOT NULL
GROUP BY block
ORDER BY mentions DESC, block
LIMIT $shown
