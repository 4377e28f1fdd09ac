-- One row is a work with an arXiv and an OpenAlex byline, to be lined up; temporary tables
-- arxiv_papers, touched.
SELECT works.work_id, paper.byline AS arxiv_byline, work.byline AS openalex_byline
FROM staging.works AS works
SEMI JOIN touched USING (work_id)
INNER JOIN arxiv_papers AS paper ON works.work_id = 'arxiv:' || paper.arxiv_id
INNER JOIN staging.openalex_works AS work ON works.openalex_id = work.openalex_id
WHERE len(paper.byline) > 0 AND len(work.byline) > 0
ORDER BY works.work_id
