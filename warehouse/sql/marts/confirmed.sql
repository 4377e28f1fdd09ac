-- One row is a work that a second source confirms: on arXiv, and an OpenAlex record that stands on more than arXiv's own
-- DOI was joined with title and byline in agreement.
SELECT DISTINCT work_id
FROM staging.work_records AS record
INNER JOIN staging.works AS work USING (work_id)
WHERE
    record.source = 'openalex'
    AND record.method != 'own_record'
    AND record.doi NOT LIKE '10.48550/arxiv.%'
    AND work.primary_category IS NOT NULL
