-- One row is an OpenAlex record and an arXiv paper with an equal title key, where no identifier joined the record;
-- temporary tables arxiv_papers, rejoined, identified (openalex_id). Parameter: least letters in a key.
WITH papers AS (
    SELECT arxiv_id, regexp_replace(lower(title), '[^\p{L}\p{N}]+', '', 'g') AS title_key FROM arxiv_papers
),

works AS (
    SELECT openalex_id, regexp_replace(lower(title), '[^\p{L}\p{N}]+', '', 'g') AS title_key
    FROM staging.openalex_works
    SEMI JOIN rejoined USING (openalex_id)
    WHERE openalex_id NOT IN (SELECT openalex_id FROM identified)
)

SELECT works.openalex_id, papers.arxiv_id, 'title_byline' AS method
FROM works
INNER JOIN papers USING (title_key)
WHERE length(title_key) >= $letters
