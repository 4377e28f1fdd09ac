-- One row is a month of first submission, or of publication where there is none, with its works by who has them.
SELECT
    date_trunc('month', coalesce(paper.first_submitted_at::DATE, record.publication_date))::DATE AS in_month,
    count(*) FILTER (WHERE len(paper.sources) > 1) AS in_both,
    count(*) FILTER (WHERE paper.sources = ['arXiv']) AS arxiv_alone,
    count(*) FILTER (WHERE paper.sources = ['OpenAlex']) AS openalex_alone
FROM marts.papers AS paper
LEFT JOIN staging.openalex_works AS record USING (openalex_id)
WHERE coalesce(paper.first_submitted_at::DATE, record.publication_date) IS NOT NULL
GROUP BY in_month
ORDER BY in_month
