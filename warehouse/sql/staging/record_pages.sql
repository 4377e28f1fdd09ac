-- One row is a source record with the raw pages it was read from, every door of arXiv counting.
SELECT 'arxiv' AS source, arxiv_id AS record_id, string_agg(page_id, ' ' ORDER BY source) AS pages
FROM staging.arxiv_records
GROUP BY arxiv_id
UNION ALL
SELECT 'openalex' AS source, openalex_id AS record_id, page_id AS pages
FROM staging.openalex_works
