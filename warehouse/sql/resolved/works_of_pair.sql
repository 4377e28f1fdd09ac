-- One row is the work of one of two mentions as the resolver reads it. Parameters: l, r, the works' ids. Given as
-- constants, they let every scan skip all row groups but theirs.
WITH bylines AS (
    SELECT work_id, list(raw_name ORDER BY position) AS authors
    FROM staging.mentions
    WHERE work_id IN ($l, $r)
    GROUP BY work_id
),

categories AS (
    SELECT work_id, list(topic_id ORDER BY is_primary DESC, topic_id) AS categories
    FROM staging.work_topics
    WHERE work_id IN ($l, $r) AND scheme = 'arxiv'
    GROUP BY work_id
),

citations AS (
    SELECT work_id, list(cited_record_id ORDER BY cited_record_id) AS cited
    FROM staging.work_references
    WHERE work_id IN ($l, $r)
    GROUP BY work_id
)

SELECT
    work.work_id,
    work.title,
    work.abstract,
    coalesce(year(work.first_submitted_at), work.publication_year) AS year,
    coalesce(work.venue, work.journal_ref) AS venue,
    bylines.authors,
    nullif(record.keywords, []) AS keywords,
    categories.categories,
    citations.cited AS references
FROM staging.works AS work
LEFT JOIN bylines USING (work_id)
LEFT JOIN categories USING (work_id)
LEFT JOIN citations USING (work_id)
LEFT JOIN staging.openalex_works AS record ON work.openalex_id = record.openalex_id
WHERE work.work_id IN ($l, $r)
