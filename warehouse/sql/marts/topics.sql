-- One row is a topic of any paper.
SELECT topic_id, scheme, any_value(topic_name) AS topic_name, count(*) AS works_count
FROM staging.work_topics
GROUP BY topic_id, scheme
