-- One row is a work as the trust score reads it; temporary tables trust_mentions (work_id), confirmed (work_id).
WITH sizes AS (
    SELECT work_id, count(*) AS byline_size
    FROM staging.mentions
    SEMI JOIN trust_mentions USING (work_id)
    GROUP BY work_id
)

SELECT
    work.work_id,
    sizes.byline_size,
    coalesce(work.first_submitted_at::DATE, make_date(work.publication_year, 1, 1)) AS first_submitted_on,
    work.work_id IN (SELECT work_id FROM confirmed) AS is_confirmed
FROM staging.works AS work
INNER JOIN sizes USING (work_id)
