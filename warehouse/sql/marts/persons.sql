-- One row is a person's name on a work that a renewed author stands on; temporary table renewed (author_id).
WITH works AS (
    SELECT DISTINCT split_part(mention_id, '#', 1) AS work_id
    FROM resolved.author_mentions
    SEMI JOIN renewed USING (author_id)
)

SELECT
    mention.work_id,
    mention.position,
    resolved.author_id,
    lower(strip_accents(mention.family)) AS family_key,
    resolved.probability,
    coalesce(year(work.first_submitted_at), work.publication_year) AS year
FROM staging.mentions AS mention
SEMI JOIN works USING (work_id)
INNER JOIN resolved.author_mentions AS resolved USING (mention_id)
INNER JOIN staging.works AS work USING (work_id)
WHERE mention.kind = 'person'
