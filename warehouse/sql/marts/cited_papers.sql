-- One row is a paper here and one here that it cites, with its place among them; temporary table renewed_works (work_id).
WITH pairs AS (
    SELECT DISTINCT work_id, cited_work_id
    FROM staging.work_references
    SEMI JOIN renewed_works USING (work_id)
    WHERE cited_work_id IS NOT NULL AND cited_work_id != work_id
)

SELECT
    pairs.*,
    work.cited_by_count,
    row_number() OVER (PARTITION BY pairs.work_id ORDER BY work.cited_by_count DESC, pairs.cited_work_id) AS place
FROM pairs
INNER JOIN staging.works AS work ON pairs.cited_work_id = work.work_id
