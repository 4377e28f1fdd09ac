-- One row is an island that has a rare co-author in common with a reached one and a first name that may be the same:
-- of the same split block, or of the same family where the first names are forms of one name. Temporary tables:
-- changed_mentions, arrivals, reached_islands, split_blocks (block), name_forms (first, other).
WITH beside AS (
    SELECT DISTINCT
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
    -- An initial, or the first part of a longer name; forms of one name come below.
    AND (
        length(beside.first) = 1 OR length(reached.first) = 1
        OR starts_with(beside.first, reached.first) OR starts_with(reached.first, beside.first)
    )
UNION
SELECT beside.island
FROM beside
INNER JOIN name_forms AS form USING (first)
INNER JOIN reached ON form.other = reached.first AND beside.family = reached.family AND beside.coauthor = reached.coauthor
