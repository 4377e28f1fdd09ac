-- One row is a mention on a work of an author, the author's own among them. Parameter: author_id.
WITH works AS (
    SELECT DISTINCT work_id
    FROM staging.mentions
    INNER JOIN resolved.author_mentions USING (mention_id)
    WHERE author_id = $author_id
)

SELECT mention_id, author_id, raw_name, given, family
FROM staging.mentions
SEMI JOIN works USING (work_id)
INNER JOIN resolved.author_mentions USING (mention_id)
ORDER BY mention_id
