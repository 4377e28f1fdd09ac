-- One row is a work as the trust score reads it. Confirmed: on arXiv, and an OpenAlex record that stands on more than
-- arXiv's own DOI was joined with title and byline in agreement.
WITH sizes AS (
    SELECT work_id, count(*) AS byline_size
    FROM staging.mentions
    GROUP BY work_id
),

confirmed AS (
    SELECT record.work_id
    FROM staging.work_records AS record
    INNER JOIN staging.openalex_works AS work ON work.openalex_id = record.record_id
    WHERE
        record.source = 'openalex'
        AND record.method != 'own_record'
        AND work.doi IS NOT NULL
        AND work.doi NOT LIKE '10.48550/arxiv.%'
)

SELECT
    work.work_id,
    sizes.byline_size,
    coalesce(work.first_submitted_at::DATE, make_date(work.publication_year, 1, 1)) AS first_submitted_on,
    work.primary_category IS NOT NULL AND work.work_id IN (SELECT work_id FROM confirmed) AS is_confirmed
FROM staging.works AS work
INNER JOIN sizes USING (work_id)
