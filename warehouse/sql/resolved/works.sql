-- One row is a work as the resolver reads it.
WITH bylines AS (
    SELECT work_id, list(raw_name ORDER BY position) AS authors
    FROM staging.mentions
    GROUP BY work_id
),

categories AS (
    SELECT work_id, list(topic_id ORDER BY is_primary DESC, topic_id) AS categories
    FROM staging.work_topics
    WHERE scheme = 'arxiv'
    GROUP BY work_id
),

citations AS (
    SELECT work_id, list(cited_record_id ORDER BY cited_record_id) AS cited
    FROM staging.work_references
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
INNER JOIN bylines USING (work_id)
LEFT JOIN categories USING (work_id)
LEFT JOIN citations USING (work_id)
LEFT JOIN staging.openalex_works AS record ON work.openalex_id = record.openalex_id
