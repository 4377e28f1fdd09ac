-- One row is an OpenAlex record and the work it is part of. Temporary tables: arxiv_papers, rejoined, joined
-- (openalex_id, arxiv_id, method, score).
SELECT
    work.openalex_id AS record_id,
    CASE
        WHEN joined.arxiv_id IS NOT NULL THEN 'arxiv:' || joined.arxiv_id
        WHEN work.arxiv_id IS NOT NULL AND paper.arxiv_id IS NULL THEN 'arxiv:' || work.arxiv_id
        ELSE 'openalex:' || work.openalex_id
    END AS work_id,
    CASE
        WHEN joined.arxiv_id IS NOT NULL THEN joined.method
        WHEN work.arxiv_id IS NOT NULL AND paper.arxiv_id IS NULL THEN 'location'
        ELSE 'own_record'
    END AS method,
    coalesce(joined.score, 1.0) AS score
FROM staging.openalex_works AS work
SEMI JOIN rejoined USING (openalex_id)
LEFT JOIN joined USING (openalex_id)
LEFT JOIN arxiv_papers AS paper ON work.arxiv_id = paper.arxiv_id
