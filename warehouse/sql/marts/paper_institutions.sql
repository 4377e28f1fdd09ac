-- One row is an institution on the byline of a paper, with its place among them; temporary table renewed_works
-- (work_id).
WITH counted AS (
    SELECT work_id, institution_id, count(*) AS authors_count
    FROM staging.mention_institutions
    INNER JOIN staging.mentions USING (mention_id)
    SEMI JOIN renewed_works USING (work_id)
    GROUP BY work_id, institution_id
)

SELECT *, row_number() OVER (PARTITION BY work_id ORDER BY authors_count DESC, institution_id) AS place
FROM counted
