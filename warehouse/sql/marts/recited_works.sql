-- One row is a work that is cited by others now and was not, or was and is not; temporary tables cited_here and cited
-- (work_id): the works asked about, and those of them that are.
SELECT work_id
FROM (
    SELECT work_id, bool_or(is_cited) AS was_cited
    FROM marts.author_works
    SEMI JOIN cited_here USING (work_id)
    GROUP BY work_id
)
LEFT JOIN (SELECT work_id, true AS is_cited FROM cited) USING (work_id)
WHERE was_cited != coalesce(is_cited, false)
