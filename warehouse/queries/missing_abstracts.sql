-- Which works have no abstract?
-- One row is a work without one, by the source that should have told it; the most cited first.
-- shown = 50: rows at most
SELECT
    work_id,
    title,
    array_to_string(sources, ' and ') AS in_sources,
    first_submitted_year,
    publication_year,
    cited_by_count
FROM marts.papers
WHERE abstract IS NULL
ORDER BY cited_by_count DESC, work_id
LIMIT $shown::BIGINT;
