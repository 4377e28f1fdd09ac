-- One row is a topic of an author, on most works first, at most 40. Parameter: id.
SELECT topic.topic_id, topic.scheme, topic.topic_name, mine.works_count
FROM marts.author_topics AS mine
INNER JOIN marts.topics AS topic USING (topic_id)
WHERE mine.author_id = $id
ORDER BY mine.place, mine.topic_id
LIMIT 40
