-- One row is a work of an author who is not renewed, with the persons on its byline; temporary table reweighed (author_id).
WITH others AS (
    SELECT work_id, count(*) AS names
    FROM staging.mentions
    WHERE kind != 'person'
    GROUP BY work_id
)

SELECT author_id, byline_size - coalesce(others.names, 0) AS persons, probability
FROM marts.author_works
SEMI JOIN reweighed USING (author_id)
LEFT JOIN others USING (work_id)
