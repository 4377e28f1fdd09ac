-- One row is a work as the resolver reads it. Temporary table: wanted (work_id), the works to read.
WITH bylines AS (
    SELECT mention.work_id, list(mention.raw_name ORDER BY mention.position) AS authors
    FROM staging.mentions AS mention
    SEMI JOIN wanted USING (work_id)
    GROUP BY mention.work_id
),

categories AS (
    SELECT topic.work_id, list(topic.topic_id ORDER BY topic.is_primary DESC, topic.topic_id) AS categories
    FROM staging.work_topics AS topic
    SEMI JOIN wanted USING (work_id)
    WHERE topic.scheme = 'arxiv'
    GROUP BY topic.work_id
),

citations AS (
    SELECT reference.work_id, list(reference.cited_record_id ORDER BY reference.cited_record_id) AS cited
    FROM staging.work_references AS reference
    SEMI JOIN wanted USING (work_id)
    GROUP BY reference.work_id
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
