-- One row is a topic of any paper. Of several names of one, which a source may rename, that of most works stands.
WITH names AS (
    SELECT topic_id, scheme, topic_name, count(*) AS works_count
    FROM staging.work_topics
    GROUP BY topic_id, scheme, topic_name
)

SELECT
    topic_id,
    scheme,
    arg_max(topic_name, (works_count, topic_name)) AS topic_name,
    sum(works_count)::BIGINT AS works_count
FROM names
GROUP BY topic_id, scheme
