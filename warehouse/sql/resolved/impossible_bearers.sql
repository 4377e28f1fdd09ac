-- One row is a mention, with a block, of an author who bears two names that cannot be one person's. Temporary tables:
-- author_names, impossible_pairs (code, code_r).
WITH suspects AS (
    SELECT DISTINCT name_l.author_id
    FROM author_names AS name_l
    INNER JOIN author_names AS name_r USING (author_id, block)
    INNER JOIN impossible_pairs AS pair ON name_l.code = pair.code AND name_r.code = pair.code_r
),

mentions AS (
    SELECT mention_id, author_id
    FROM resolved.author_mentions
    SEMI JOIN suspects USING (author_id)
)

SELECT
    place.mention_id,
    mentions.author_id,
    place.block,
    hash(place.block, place.first, place.tokens, place.middles) AS code
FROM resolved.mention_places AS place
INNER JOIN mentions USING (mention_id)
WHERE place.block != ''
ORDER BY place.mention_id
