-- Which authors are likely several people?
-- One row is an author with a sign of it, most signs first: an open conflict about who it is, such as a further first
-- name on two works; several ORCID iDs on the works; a weakest link that is hardly likelier right than wrong.
-- cohesion = 0.6: probability of the weakest link below which it is a sign
-- shown = 50: rows at most
WITH contested AS (
    SELECT
        author_id,
        list_filter(evidence_ids, lambda conflict: NOT starts_with(conflict, 'unmet_correction:')) AS conflicts
    FROM marts.trust_reasons
    WHERE component = 'conflict_discount' AND x > 0
),

asserted AS (
    SELECT resolved.author_id, count(DISTINCT mention.orcid) AS orcids
    FROM staging.mentions AS mention
    INNER JOIN resolved.author_mentions AS resolved USING (mention_id)
    WHERE mention.orcid IS NOT NULL AND mention.kind = 'person'
    GROUP BY resolved.author_id
),

found AS (
    SELECT
        author_id,
        held.cohesion,
        coalesce(asserted.orcids, 0) AS orcids,
        coalesce(contested.conflicts, []) AS conflicts
    FROM resolved.authors AS held
    LEFT JOIN contested USING (author_id)
    LEFT JOIN asserted USING (author_id)
),

signs AS (
    SELECT
        *,
        (len(conflicts) > 0)::INTEGER
        + (orcids > 1)::INTEGER
        + coalesce(cohesion < $cohesion::DOUBLE, false)::INTEGER AS signs
    FROM found
)

SELECT
    author_id,
    author.display_name,
    author.works_count,
    signs.signs,
    signs.conflicts,
    signs.orcids,
    signs.cohesion,
    list_prepend(author.display_name, author.name_variants)[:8] AS names
FROM signs
INNER JOIN marts.authors AS author USING (author_id)
WHERE signs.signs > 0 AND author.kind = 'person'
ORDER BY signs.signs DESC, len(signs.conflicts) DESC, signs.orcids DESC, signs.cohesion, author.works_count DESC, author_id
LIMIT $shown::BIGINT;
