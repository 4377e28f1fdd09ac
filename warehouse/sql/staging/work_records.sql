-- One row is a source record that is part of a work. Temporary tables: arxiv_papers, joined (openalex_id, arxiv_id,
-- method, score). The leading OpenAlex record of a work is the one with the strongest method, then the most citations.
WITH openalex AS (
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
        coalesce(joined.score, 1.0) AS score,
        work.cited_by_count
    FROM staging.openalex_works AS work
    LEFT JOIN joined USING (openalex_id)
    LEFT JOIN arxiv_papers AS paper ON work.arxiv_id = paper.arxiv_id
)

SELECT
    'arxiv' AS source,
    arxiv_id AS record_id,
    'arxiv:' || arxiv_id AS work_id,
    'own_record' AS method,
    1.0 AS score,
    true AS is_primary
FROM arxiv_papers
UNION ALL
SELECT
    'openalex' AS source,
    record_id,
    work_id,
    method,
    score,
    row_number() OVER (
        PARTITION BY work_id
        ORDER BY
            list_position(['own_record', 'published_doi', 'arxiv_doi', 'location', 'title_byline'], method),
            score DESC,
            cited_by_count DESC NULLS LAST,
            record_id
    ) = 1 AS is_primary
FROM openalex
