-- One row is a name of a changed cluster and one of a cluster that it was not compared with, beside which stands the
-- same rare co-author and whose first names may be the same: of one split block, or of one family where the first names
-- are forms of one name. Temporary tables: placed, changed_clusters, affected_mentions, split_blocks (block),
-- name_forms (first, other).
WITH changed AS (
    SELECT DISTINCT cluster, block, first, tokens, middles, unnest(rare_coauthors) AS coauthor
    FROM placed
    SEMI JOIN changed_clusters USING (cluster)
),

meetings AS (
    SELECT *, block AS other_block, NULL AS form
    FROM changed
    SEMI JOIN split_blocks USING (block)
    UNION ALL
    SELECT
        changed.*,
        regexp_replace(changed.block, '[^|]*$', '') || substr(form.other, 1, 1) AS other_block,
        form.other AS form
    FROM changed
    INNER JOIN name_forms AS form USING (first)
),

others AS (
    SELECT place.cluster, place.block, place.first, place.tokens, place.middles, unnest(place.rare_coauthors) AS coauthor
    FROM resolved.mention_places AS place
    SEMI JOIN (SELECT other_block FROM meetings) AS met ON place.block = met.other_block
    ANTI JOIN affected_mentions USING (mention_id)
)

SELECT DISTINCT
    meeting.cluster,
    meeting.block,
    meeting.first,
    meeting.tokens,
    meeting.middles,
    other.cluster AS other,
    other.block AS other_block,
    other.first AS other_first,
    other.tokens AS other_tokens,
    other.middles AS other_middles
FROM others AS other
INNER JOIN meetings AS meeting ON other.block = meeting.other_block AND other.coauthor = meeting.coauthor
WHERE CASE
    WHEN meeting.form IS NOT NULL THEN other.first = meeting.form
    -- An initial, the first part of a longer name, or a misprint; forms of one name come above.
    ELSE other.first != meeting.first
        AND (
            length(other.first) = 1 OR length(meeting.first) = 1
            OR starts_with(other.first, meeting.first) OR starts_with(meeting.first, other.first)
            OR damerau_levenshtein(other.first, meeting.first) = 1
        )
END
