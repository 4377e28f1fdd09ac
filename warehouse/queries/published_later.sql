-- Which preprints were published later, where, and how long after?
-- One row is a paper of arXiv with a venue or a journal reference, the longest way first.
-- shown = 50: rows at most
SELECT
    work.work_id,
    work.title,
    coalesce(work.venue, work.journal_ref) AS published_in,
    work.doi,
    work.first_submitted_at::DATE AS submitted_on,
    CASE WHEN work.venue IS NOT NULL THEN record.publication_date END AS published_on,
    date_diff('day', work.first_submitted_at::DATE, published_on) AS days_after
FROM staging.works AS work
LEFT JOIN staging.openalex_works AS record USING (openalex_id)
WHERE work.arxiv_id IS NOT NULL AND coalesce(work.venue, work.journal_ref) IS NOT NULL
ORDER BY days_after DESC NULLS LAST, work.work_id
LIMIT $shown::BIGINT;
