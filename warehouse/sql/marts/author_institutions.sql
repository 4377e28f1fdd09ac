-- One row is an institution that an author's works name for the author, with its place among them; temporary table
-- renewed (author_id).
WITH counted AS (
    SELECT
        author_id,
        institution_id,
        count(*) AS works_count,
        min(display_year) AS first_year,
        max(display_year) AS last_year
    FROM marts.author_works
    SEMI JOIN renewed USING (author_id)
    INNER JOIN staging.mention_institutions USING (mention_id)
    GROUP BY author_id, institution_id
)

SELECT
    *,
    row_number() OVER (
        PARTITION BY author_id ORDER BY works_count DESC, last_year DESC NULLS LAST, institution_id
    ) AS place
FROM counted
