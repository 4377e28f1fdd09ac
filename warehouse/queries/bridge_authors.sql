-- Who works in both of two subjects?
-- One row is an author with works in each, those who share their works most evenly and fully between them first.
-- first: a topic's name or code, such as Machine Learning or cs.LG
-- second: another one
-- shown = 20: rows at most
WITH subject AS (
    SELECT
        work_id,
        bool_or(lower($first) IN (lower(topic_id), lower(topic_name))) AS is_first,
        bool_or(lower($second) IN (lower(topic_id), lower(topic_name))) AS is_second
    FROM staging.work_topics
    GROUP BY work_id
    HAVING is_first OR is_second
)

SELECT
    author_id,
    author.display_name,
    count(*) FILTER (WHERE subject.is_first) AS in_first,
    count(*) FILTER (WHERE subject.is_second) AS in_second,
    count(*) FILTER (WHERE subject.is_first AND subject.is_second) AS in_both,
    author.works_count
FROM marts.author_works AS work
INNER JOIN subject USING (work_id)
INNER JOIN marts.authors AS author USING (author_id)
WHERE author.kind = 'person'
GROUP BY author_id, author.display_name, author.works_count
HAVING count(*) FILTER (WHERE subject.is_first) > 0 AND count(*) FILTER (WHERE subject.is_second) > 0
ORDER BY least(in_first, in_second) DESC, greatest(in_first, in_second) DESC, author_id
LIMIT $shown::BIGINT;
