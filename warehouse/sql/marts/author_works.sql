-- One row is a work of an author; temporary tables authorships, cited (work_id).
WITH places AS (
    SELECT
        author_id,
        work_id,
        min(position) AS position,
        arg_min(mention_id, position) AS mention_id,
        arg_min(raw_name, position) AS printed_name,
        max(probability) AS probability
    FROM authorships
    GROUP BY author_id, work_id
)

SELECT
    places.*,
    work.title,
    work.work_type,
    coalesce(year(work.last_updated_at), work.publication_year) AS display_year,
    work.first_submitted_at,
    work.cited_by_count,
    work.byline_size,
    work_id IN (SELECT work_id FROM cited) AS is_cited
FROM places
INNER JOIN staging.works AS work USING (work_id)
