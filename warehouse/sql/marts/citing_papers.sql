-- One row is a paper here and one here that cites it, with its place among them; temporary table renewed_works (work_id).
WITH pairs AS (
    SELECT DISTINCT cited_work_id AS work_id, work_id AS citing_work_id
    FROM staging.work_references
    WHERE cited_work_id IN (SELECT work_id FROM renewed_works) AND cited_work_id != work_id
)

SELECT
    pairs.*,
    work.cited_by_count,
    row_number() OVER (PARTITION BY pairs.work_id ORDER BY work.cited_by_count DESC, pairs.citing_work_id) AS place
FROM pairs
INNER JOIN staging.works AS work ON pairs.citing_work_id = work.work_id
