-- One row is a mention of a changed cluster, or of one that it was not compared with, beside which stands the same rare
-- co-author and whose first name may be the same: of the same split block, or of the same family where the first
-- names are forms of one name. Temporary tables: placed, changed_clusters, affected_mentions, split_blocks (block),
-- name_forms (first, other).
WITH changed AS (
    SELECT DISTINCT cluster, block, first, unnest(rare_coauthors) AS coauthor
    FROM placed
    SEMI JOIN changed_clusters USING (cluster)
),

meetings AS (
    SELECT cluster, coauthor, block, first, NULL AS form
    FROM changed
    SEMI JOIN split_blocks USING (block)
    UNION
    SELECT
        changed.cluster,
        changed.coauthor,
        regexp_replace(changed.block, '[^|]*$', '') || substr(form.other, 1, 1) AS block,
        changed.first,
        form.other AS form
    FROM changed
    INNER JOIN name_forms AS form USING (first)
),

others AS (
    SELECT DISTINCT place.cluster, place.block, place.first, unnest(place.rare_coauthors) AS coauthor
    FROM resolved.mention_places AS place
    SEMI JOIN meetings USING (block)
    ANTI JOIN affected_mentions USING (mention_id)
),

pairs AS (
    SELECT DISTINCT meetings.cluster AS changed, others.cluster AS other
    FROM others
    INNER JOIN meetings USING (block, coauthor)
    WHERE CASE
        WHEN meetings.form IS NOT NULL THEN others.first = meetings.form
        -- An initial, the first part of a longer name, or a misprint; forms of one name come above.
        ELSE others.first != meetings.first
            AND (
                length(others.first) = 1 OR length(meetings.first) = 1
                OR starts_with(others.first, meetings.first) OR starts_with(meetings.first, others.first)
                OR damerau_levenshtein(others.first, meetings.first) = 1
            )
    END
)

SELECT mention_id, cluster, true AS is_changed
FROM placed
WHERE cluster IN (SELECT changed FROM pairs)
UNION ALL
SELECT mention_id, cluster, false AS is_changed
FROM resolved.mention_places
WHERE cluster IN (SELECT other FROM pairs)
