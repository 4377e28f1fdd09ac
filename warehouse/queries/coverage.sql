-- How much of each month does each source cover?
-- One row is a month of first submission, or of publication where there is none, with shares of its works.
SELECT
    date_trunc('month', coalesce(work.first_submitted_at::DATE, record.publication_date))::DATE AS in_month,
    count(*) AS works,
    count(*) FILTER (WHERE work.arxiv_id IS NOT NULL AND work.has_openalex) AS in_both,
    count(*) FILTER (WHERE NOT work.has_openalex) AS arxiv_only,
    count(*) FILTER (WHERE work.arxiv_id IS NULL) AS openalex_only,
    round(avg((work.abstract IS NOT NULL)::INTEGER), 3) AS with_abstract,
    round(avg((named.work_id IS NOT NULL)::INTEGER), 3) AS with_affiliation,
    round(avg((citing.work_id IS NOT NULL)::INTEGER), 3) AS with_references
FROM staging.works AS work
LEFT JOIN staging.openalex_works AS record USING (openalex_id)
LEFT JOIN (SELECT DISTINCT work_id FROM staging.mentions WHERE raw_affiliation IS NOT NULL) AS named USING (work_id)
LEFT JOIN (SELECT DISTINCT work_id FROM staging.work_references) AS citing USING (work_id)
GROUP BY in_month
ORDER BY in_month;
