-- Which works does only one source have?
-- One row is a work that one source alone has, the newest first.
-- source = arXiv: arXiv or OpenAlex
-- shown = 50: rows at most
SELECT work_id, title, work_type, publication_year, byline_size, cited_by_count
FROM marts.papers
WHERE len(sources) = 1 AND lower(sources[1]) = lower($source)
ORDER BY first_submitted_at DESC NULLS LAST, publication_year DESC NULLS LAST, work_id
LIMIT $shown::BIGINT;
