-- One row is a mention with its author, the name shown for it and the facts of its work that profiles are made of;
-- temporary table renewed (author_id).
SELECT
    mention.mention_id,
    mention.work_id,
    mention.position,
    resolved.author_id,
    resolved.probability,
    coalesce(shown.raw_name, mention.raw_name) AS raw_name,
    CASE WHEN shown.mention_id IS NULL THEN mention.given ELSE shown.given END AS given,
    CASE WHEN shown.mention_id IS NULL THEN mention.family ELSE shown.family END AS family,
    mention.kind,
    mention.orcid,
    mention.raw_affiliation,
    coalesce(year(work.first_submitted_at), work.publication_year) AS year,
    work.first_submitted_at,
    work.has_openalex,
    mention.is_on_openalex
FROM resolved.author_mentions AS resolved
SEMI JOIN renewed USING (author_id)
INNER JOIN staging.mentions AS mention USING (mention_id)
INNER JOIN staging.works AS work USING (work_id)
LEFT JOIN resolved.shown_names AS shown USING (mention_id)

