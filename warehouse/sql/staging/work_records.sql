-- One row is a source record that is part of a work. Temporary tables: record_pages, arxiv_papers, found_works, touched,
-- this_build. The leading OpenAlex record of a work is the one with the strongest method, then the most citations.
WITH openalex AS (
    SELECT record_id, work_id, method, score FROM found_works
    UNION ALL
    SELECT record_id, work_id, method, score
    FROM staging.work_records
    SEMI JOIN touched USING (work_id)
    ANTI JOIN rejoined ON work_records.record_id = rejoined.openalex_id
    WHERE source = 'openalex'
),

records AS (
    SELECT
        'arxiv' AS source,
        arxiv_id AS record_id,
        'arxiv:' || arxiv_id AS work_id,
        'own_record' AS method,
        1.0 AS score,
        true AS is_primary,
        NULL AS doi
    FROM arxiv_papers
    UNION ALL
    SELECT
        'openalex' AS source,
        record_id,
        openalex.work_id,
        method,
        score,
        row_number() OVER (
            PARTITION BY openalex.work_id
            ORDER BY
                list_position(['own_record', 'published_doi', 'arxiv_doi', 'location', 'title_byline'], method),
                score DESC,
                work.cited_by_count DESC NULLS LAST,
                record_id
        ) = 1 AS is_primary,
        work.doi
    FROM openalex
    INNER JOIN staging.openalex_works AS work ON work.openalex_id = openalex.record_id
)

SELECT records.*, record_pages.pages, this_build.number AS build
FROM records
SEMI JOIN touched USING (work_id)
INNER JOIN record_pages USING (source, record_id)
CROSS JOIN this_build
