-- One row is a topic of a work in one scheme; temporary tables arxiv_papers, touched, subjects (category, subject).
WITH categories AS (
    SELECT 'arxiv:' || arxiv_id AS work_id, primary_category, unnest(categories) AS topic_id FROM arxiv_papers
),

topics AS (
    SELECT record.work_id, unnest(work.topics) AS topic, generate_subscripts(work.topics, 1) AS place
    FROM staging.openalex_works AS work
    INNER JOIN staging.work_records AS record ON record.record_id = work.openalex_id AND record.source = 'openalex'
    SEMI JOIN touched USING (work_id)
    WHERE record.is_primary
)

SELECT DISTINCT
    work_id,
    'arxiv' AS scheme,
    topic_id,
    coalesce(subjects.subject, topic_id) AS topic_name,
    topic_id = primary_category AS is_primary
FROM categories
LEFT JOIN subjects ON categories.topic_id = subjects.category
UNION ALL
SELECT
    work_id,
    'openalex' AS scheme,
    topic.topic_id,
    coalesce(topic.topic_name, topic.topic_id) AS topic_name,
    min(place) = 1 AS is_primary
FROM topics
WHERE topic.topic_id IS NOT NULL
GROUP BY ALL
