-- One row is an id by which a table may name an author's record: own and retired ids, mentions, works, source records,
-- profiles. Parameter: author_id.
WITH mentions AS (
    SELECT mention_id, mention.work_id, mention.openalex_author_id
    FROM resolved.author_mentions
    INNER JOIN staging.mentions AS mention USING (mention_id)
    WHERE author_id = $author_id
)

SELECT $author_id AS id
UNION
SELECT old_author_id FROM resolved.author_redirects WHERE author_id = $author_id
UNION
SELECT mention_id FROM mentions
UNION
SELECT work_id FROM mentions
UNION
SELECT record_id FROM staging.work_records SEMI JOIN mentions USING (work_id)
UNION
SELECT openalex_author_id FROM mentions WHERE openalex_author_id IS NOT NULL
