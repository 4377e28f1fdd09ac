-- Which of the works loaded do others of them cite most?
-- One row is a cited work, with how often the works here cite it and how often all works that OpenAlex knows do.
-- shown = 50: rows at most
SELECT
    paper.work_id,
    paper.title,
    paper.first_submitted_year,
    count(DISTINCT reference.work_id) AS cited_here,
    paper.cited_by_count AS cited_anywhere
FROM staging.work_references AS reference
INNER JOIN marts.papers AS paper ON reference.cited_work_id = paper.work_id
WHERE reference.work_id != paper.work_id
GROUP BY paper.work_id, paper.title, paper.first_submitted_year, paper.cited_by_count
ORDER BY cited_here DESC, paper.work_id
LIMIT $shown::BIGINT;
