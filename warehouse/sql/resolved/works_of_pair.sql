-- One row is the work of one of two mentions as the resolver reads it. Parameters: l, r.
WITH wanted AS (
    SELECT DISTINCT work_id FROM staging.mentions WHERE mention_id IN ($l, $r)
)

SELECT
    work.work_id,
    work.title,
    work.abstract,
    coalesce(year(work.first_submitted_at), work.publication_year) AS year,
    coalesce(work.venue, work.journal_ref) AS venue,
    (
        SELECT list(mention.raw_name ORDER BY mention.position)
        FROM staging.mentions AS mention WHERE mention.work_id = work.work_id
    ) AS authors,
    nullif(record.keywords, []) AS keywords,
    (
        SELECT list(topic.topic_id ORDER BY topic.is_primary DESC, topic.topic_id)
        FROM staging.work_topics AS topic WHERE topic.work_id = work.work_id AND topic.scheme = 'arxiv'
    ) AS categories,
    (
        SELECT list(cited_record_id ORDER BY cited_record_id)
        FROM staging.work_references AS reference WHERE reference.work_id = work.work_id
    ) AS references
FROM staging.works AS work
SEMI JOIN wanted USING (work_id)
LEFT JOIN staging.openalex_works AS record ON work.openalex_id = record.openalex_id
ORDER BY work.work_id
