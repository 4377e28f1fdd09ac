-- One row is an author with the weakest of the links that hold it together. Links of an author are a tree, so without
-- that one it would be two. Temporary table: renewed_authors (author_id).
WITH weakest AS (
    SELECT mention_id_l AS mention_id, min(probability) AS probability
    FROM resolved.links
    GROUP BY mention_id_l
)

SELECT mention.author_id, count(*) AS mentions, min(weakest.probability) AS cohesion
FROM resolved.author_mentions AS mention
SEMI JOIN renewed_authors USING (author_id)
LEFT JOIN weakest USING (mention_id)
GROUP BY mention.author_id
