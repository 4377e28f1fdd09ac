-- One row is a paper, its arXiv record and its leading OpenAlex record joined; temporary tables
-- arxiv_papers, touched.
WITH records AS (
    SELECT
        work_id,
        any_value(record_id) FILTER (WHERE source = 'arxiv') AS arxiv_id,
        any_value(record_id) FILTER (WHERE source = 'openalex') AS openalex_id
    FROM staging.work_records
    SEMI JOIN touched USING (work_id)
    WHERE is_primary
    GROUP BY work_id
)

SELECT
    records.work_id,
    coalesce(paper.title, work.title) AS title,
    coalesce(paper.abstract, work.abstract) AS abstract,
    coalesce(work.work_type, 'preprint') AS work_type,
    coalesce(work.publication_year, year(paper.first_submitted_at)) AS publication_year,
    paper.first_submitted_at,
    paper.last_updated_at,
    CASE WHEN records.work_id LIKE 'arxiv:%' THEN substr(records.work_id, 7) END AS arxiv_id,
    coalesce(paper.doi, work.doi) AS doi,
    work.openalex_id,
    paper.primary_category,
    work.venue,
    paper.journal_ref,
    paper.comments,
    paper.submitter,
    paper.report_no,
    coalesce(paper.license, work.license) AS license,
    paper.arxiv_id IS NOT NULL OR coalesce(work.is_open_access, false) AS is_open_access,
    coalesce(paper.is_withdrawn, false) AS is_withdrawn,
    coalesce(work.is_retracted, false) AS is_retracted,
    coalesce(work.cited_by_count, 0) AS cited_by_count,
    CASE WHEN len(paper.code_urls) > 0 THEN paper.code_urls ELSE coalesce(work.code_urls, []) END AS code_urls,
    CASE WHEN len(paper.dataset_urls) > 0 THEN paper.dataset_urls ELSE coalesce(work.dataset_urls, []) END AS dataset_urls,
    CASE WHEN len(coalesce(paper.byline, [])) > 0 THEN len(paper.byline) ELSE len(coalesce(work.byline, [])) END AS byline_size,
    work.openalex_id IS NOT NULL AS has_openalex
FROM records
LEFT JOIN arxiv_papers AS paper ON records.arxiv_id = paper.arxiv_id
LEFT JOIN staging.openalex_works AS work ON records.openalex_id = work.openalex_id
