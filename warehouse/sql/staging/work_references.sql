-- One row is a work that a work cites, by any OpenAlex record of the citing work; temporary table touched.
WITH citations AS (
    SELECT DISTINCT record.work_id, unnest(work.referenced_works) AS cited_record_id
    FROM staging.openalex_works AS work
    INNER JOIN staging.work_records AS record ON record.record_id = work.openalex_id AND record.source = 'openalex'
    SEMI JOIN touched USING (work_id)
)

SELECT citations.work_id, citations.cited_record_id, cited.work_id AS cited_work_id
FROM citations
LEFT JOIN staging.work_records AS cited ON cited.record_id = citations.cited_record_id AND cited.source = 'openalex'
