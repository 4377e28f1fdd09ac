-- One row is a source record with the raw pages it was read from, every door of arXiv counting: by name, as an ordered
-- aggregate of millions of papers takes three times as long.
SELECT
    'arxiv' AS source,
    arxiv_id AS record_id,
    concat_ws(
        ' ',
        max(page_id) FILTER (WHERE source = 'arxiv_atom'),
        max(page_id) FILTER (WHERE source = 'arxiv_oai'),
        max(page_id) FILTER (WHERE source = 'arxiv_snapshot')
    ) AS pages
FROM staging.arxiv_records
GROUP BY arxiv_id
UNION ALL
SELECT 'openalex' AS source, openalex_id AS record_id, page_id AS pages
FROM staging.openalex_works
