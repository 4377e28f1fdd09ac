-- One row is an affected mention and the day its work was first submitted. Temporary table: affected_mentions.
SELECT
    mention.mention_id,
    coalesce(work.first_submitted_at::DATE, make_date(work.publication_year, 1, 1)) AS day
FROM staging.mentions AS mention
SEMI JOIN affected_mentions USING (mention_id)
INNER JOIN staging.works AS work USING (work_id)
