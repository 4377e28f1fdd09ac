-- One row is an approved decision that does not hold; temporary tables decided, refused (mention_id_l, mention_id_r: what
-- the resolver did not join because of a decision that two mentions are different people).
WITH pairs AS (
    SELECT
        correction.*,
        author_l.author_id AS held_l,
        author_r.author_id AS held_r,
        refused.mention_id_l IS NOT NULL AS is_refused
    FROM resolved.corrections AS correction
    LEFT JOIN resolved.author_mentions AS author_l ON author_l.mention_id = correction.mention_id_l
    LEFT JOIN resolved.author_mentions AS author_r ON author_r.mention_id = correction.mention_id_r
    LEFT JOIN (SELECT DISTINCT mention_id_l, mention_id_r FROM refused) AS refused
        ON
            refused.mention_id_l = least(correction.mention_id_l, correction.mention_id_r)
            AND refused.mention_id_r = greatest(correction.mention_id_l, correction.mention_id_r)
    WHERE correction.kind IN ('same', 'different') AND correction.status = 'approved'
)

SELECT
    correction_id,
    kind,
    author_id,
    mention_id_l,
    mention_id_r,
    CASE
        WHEN held_l IS NULL THEN 'There is no mention ' || coalesce(mention_id_l, 'on its left side') || '.'
        WHEN held_r IS NULL THEN 'There is no mention ' || coalesce(mention_id_r, 'on its right side') || '.'
        WHEN is_refused THEN 'A decision that they are different people forbids it.'
        WHEN kind = 'same' THEN 'The two mentions are still two people.'
        ELSE 'The two mentions are still one person.'
    END AS why
FROM pairs
WHERE
    CASE kind
        WHEN 'same' THEN held_l IS NULL OR held_r IS NULL OR held_l != held_r
        ELSE held_l = held_r
    END
UNION ALL
SELECT
    correction_id,
    kind,
    author_id,
    mention_id_l,
    mention_id_r,
    CASE WHEN author_id IS NULL THEN 'Nobody has the mention or the author id any more.' ELSE 'It says no name.' END AS why
FROM decided
WHERE status = 'approved' AND (author_id IS NULL OR kind IN ('display_name', 'hide_name') AND value IS NULL)
