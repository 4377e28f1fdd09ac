-- One row is an author whom a decision that does not hold is about.
SELECT DISTINCT resolved.author_id, unmet.correction_id, unmet.why AS detail
FROM (
    SELECT correction_id, why, unnest([mention_id_l, mention_id_r]) AS mention_id
    FROM resolved.unmet_corrections
) AS unmet
INNER JOIN resolved.author_mentions AS resolved USING (mention_id)
