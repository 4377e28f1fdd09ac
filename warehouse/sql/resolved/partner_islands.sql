-- One row is an island of a split block that has a rare co-author in common with a reached one, under another first
-- name. Temporary tables: changed_mentions, arrivals, reached_islands, split_blocks (block).
WITH beside AS (
    SELECT place.block, place.first, unnest(place.rare_coauthors) AS coauthor, place.island
    FROM resolved.mention_places AS place
    SEMI JOIN split_blocks USING (block)
),

reached AS (
    SELECT block, first, coauthor
    FROM beside
    SEMI JOIN reached_islands USING (island)
    UNION
    SELECT block, first, unnest(rare_coauthors)
    FROM arrivals
)

SELECT DISTINCT beside.island
FROM beside
INNER JOIN reached USING (block, coauthor)
WHERE beside.first != reached.first
