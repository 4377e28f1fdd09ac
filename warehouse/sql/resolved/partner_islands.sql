-- One row is an island that has a rare co-author in common with a reached one: of the same split block under another
-- first name, or of the same family under another form of the first name. Temporary tables: changed_mentions,
-- arrivals, reached_islands, split_blocks (block), names_elsewhere (first, other).
WITH beside AS (
    SELECT
        place.block,
        regexp_replace(place.block, '[|][^|]*$', '') AS family,
        place.first,
        unnest(place.rare_coauthors) AS coauthor,
        place.island
    FROM resolved.mention_places AS place
    WHERE place.rare_coauthors != []
),

reached AS (
    SELECT block, family, first, coauthor
    FROM beside
    SEMI JOIN reached_islands USING (island)
    UNION
    SELECT block, regexp_replace(block, '[|][^|]*$', ''), first, unnest(rare_coauthors)
    FROM arrivals
)

SELECT beside.island
FROM beside
SEMI JOIN split_blocks USING (block)
INNER JOIN reached USING (block, coauthor)
WHERE beside.first != reached.first
UNION
SELECT beside.island
FROM beside
INNER JOIN names_elsewhere AS form USING (first)
INNER JOIN reached ON form.other = reached.first AND beside.family = reached.family AND beside.coauthor = reached.coauthor
