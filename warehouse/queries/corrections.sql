-- What did people decide last, and does it hold?
-- One row is a decision by a person, the latest first; it is not met when holds is false.
-- shown = 50: rows at most
SELECT
    correction."at",
    correction."by",
    correction.kind,
    correction.status,
    correction.mention_id_l,
    correction.mention_id_r,
    correction.author_id,
    CASE WHEN correction.status = 'approved' THEN unmet.correction_id IS NULL END AS holds,
    unmet.why AS why_not,
    correction.why,
    correction.correction_id
FROM resolved.corrections AS correction
LEFT JOIN resolved.unmet_corrections AS unmet USING (correction_id)
ORDER BY correction."at" DESC, correction.correction_id
LIMIT $shown::BIGINT;
