-- One row is a topic of an author's works, with its place among them; temporary table renewed (author_id).
WITH counted AS (
    SELECT author_id, topic_id, count(*) AS works_count
    FROM marts.author_works
    SEMI JOIN renewed USING (author_id)
    INNER JOIN staging.work_topics USING (work_id)
    GROUP BY author_id, topic_id
)

SELECT *, row_number() OVER (PARTITION BY author_id ORDER BY works_count DESC, topic_id) AS place
FROM counted
