-- One row is a mention that has not changed and bears a name that may be a changed mention's person's. The first looks
-- are at 8 to 15 mentions of an island, or all that there are: whoever is tied to one of them reaches the whole island.
-- Temporary tables: changed_mentions, compatible_names.
WITH candidates AS (
    SELECT place.mention_id, place.island
    FROM resolved.mention_places AS place
    SEMI JOIN compatible_names USING (block, first, tokens, middles)
    ANTI JOIN changed_mentions USING (mention_id)
)

SELECT
    mention_id,
    island,
    (row_number() OVER of_island - 1) % greatest(count(*) OVER (PARTITION BY island) // 8, 1) = 0 AS is_first_look
FROM candidates
WINDOW of_island AS (PARTITION BY island ORDER BY mention_id)
