-- One row is an abstract of a work in another language than English, as an OpenAlex record has it, or a title where the
-- record has no abstract: OpenAlex reads the language off the abstract's words, and off the title's only then. arXiv's
-- records tell no language. Of several records of a work in one language the leading one stands.
SELECT
    record.work_id,
    work.language,
    CASE WHEN work.abstract IS NULL THEN 'title' ELSE 'abstract' END AS kind,
    coalesce(work.abstract, work.title) AS text,
    'openalex' AS source,
    false AS is_machine,
    NULL AS translated_from,
    NULL AS original_digest
FROM staging.openalex_works AS work
INNER JOIN staging.work_records AS record ON record.source = 'openalex' AND work.openalex_id = record.record_id
WHERE regexp_matches(work.language, '^[a-z]{2,3}(-[A-Za-z]{2,8})?$') AND NOT regexp_matches(work.language, '^en(-|$)')
QUALIFY row_number() OVER (
    PARTITION BY record.work_id, work.language, kind
    ORDER BY record.is_primary DESC, record.record_id
) = 1
