-- Which works were withdrawn or retracted?
-- One row is such a work, the latest first.
SELECT
    work_id,
    title,
    is_withdrawn,
    is_retracted,
    last_updated_at::DATE AS updated_on,
    comments,
    [author.name FOR author IN authors] AS authors,
    cited_by_count
FROM marts.papers
WHERE is_withdrawn OR is_retracted
ORDER BY updated_on DESC NULLS LAST, work_id;
