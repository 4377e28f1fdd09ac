-- One row is a name of a work as its BibTeX entry shows it; temporary table touched. Parameters: first and
-- last work.
SELECT
    mention.work_id,
    mention.position,
    mention.kind,
    coalesce(shown.raw_name, mention.raw_name) AS raw_name,
    CASE WHEN shown.mention_id IS NULL THEN mention.given ELSE shown.given END AS given,
    CASE WHEN shown.mention_id IS NULL THEN mention.family ELSE shown.family END AS family,
    CASE WHEN shown.mention_id IS NULL THEN mention.suffix ELSE shown.suffix END AS suffix
FROM staging.mentions AS mention
SEMI JOIN touched USING (work_id)
LEFT JOIN resolved.shown_names AS shown USING (mention_id)
WHERE mention.work_id BETWEEN $first AND $last
