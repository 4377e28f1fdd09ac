-- One row is an abstract that is not there in a language yet, or whose translation is of an older text; the newest works
-- first. An abstract of arXiv is English, as arXiv asks for; one that only OpenAlex has is in the language it tells.
-- Parameters: target, source, texts.
WITH originals AS (
    SELECT
        work.work_id,
        coalesce(work.first_submitted_at::DATE, record.publication_date) AS out_on,
        work.abstract,
        sha256(work.abstract) AS digest,
        CASE WHEN paper.work_id IS NOT NULL THEN 'en' ELSE record.language END AS language
    FROM staging.works AS work
    LEFT JOIN staging.openalex_works AS record USING (openalex_id)
    LEFT JOIN (
        SELECT work_id FROM staging.field_sources WHERE field = 'abstract' AND source NOT LIKE 'openalex%'
    ) AS paper USING (work_id)
    WHERE work.abstract IS NOT NULL
)

SELECT work_id, abstract, digest, language
FROM originals
WHERE
    regexp_matches(language, '^[a-z]{2,3}(-[A-Za-z]{2,8})?$')
    AND regexp_extract(language, '^[a-z]+') != regexp_extract($target, '^[a-z]+')
    AND NOT EXISTS (
        SELECT 1
        FROM staging.work_texts AS text
        WHERE
            text.work_id = originals.work_id
            AND text.kind = 'abstract'
            AND text.language = $target
            AND (NOT text.is_machine OR text.source = $source AND text.original_digest = originals.digest)
    )
ORDER BY out_on DESC NULLS LAST, work_id
LIMIT $texts
