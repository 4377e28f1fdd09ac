-- One row is an author who has or had one of the mentions that were resolved. Temporary tables: affected_mentions,
-- previous_people.
SELECT author_id FROM previous_people
UNION
SELECT author_id
FROM resolved.author_mentions
SEMI JOIN affected_mentions USING (mention_id)
