-- Which authors are likely several people?
-- One row is an author with a sign of it, most signs first: several ORCID iDs on the works, several written-out first
-- names, or a weakest link that is hardly likelier right than wrong.
-- cohesion = 0.6: probability of the weakest link below which it is a sign
-- shown = 50: rows at most
WITH printed AS (
    SELECT
        resolved.author_id,
        count(DISTINCT mention.orcid) AS orcids,
        count(DISTINCT lower(strip_accents(regexp_extract(mention.given, '^\pL+'))))
            FILTER (WHERE regexp_matches(mention.given, '^\pL{2,}( |$)')) AS first_names,
        list(DISTINCT mention.raw_name ORDER BY mention.raw_name)[:8] AS names
    FROM resolved.author_mentions AS resolved
    INNER JOIN staging.mentions AS mention USING (mention_id)
    WHERE mention.kind = 'person'
    GROUP BY resolved.author_id
),

signs AS (
    SELECT
        printed.*,
        held.cohesion,
        (orcids > 1)::INTEGER + (first_names > 1)::INTEGER + coalesce(held.cohesion < $cohesion::DOUBLE, false)::INTEGER
            AS signs
    FROM printed
    INNER JOIN resolved.authors AS held USING (author_id)
)

SELECT author_id, author.display_name, author.works_count, signs.signs, orcids, first_names, cohesion, names
FROM signs
INNER JOIN marts.authors AS author USING (author_id)
WHERE signs.signs > 0
ORDER BY signs.signs DESC, orcids DESC, cohesion, author.works_count DESC, author_id
LIMIT $shown::BIGINT;
