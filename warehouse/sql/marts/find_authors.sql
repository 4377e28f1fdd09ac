-- One row is an author of this id or this name, whatever its case; an id that was merged away leads to its author.
-- Parameter: who.
SELECT author.*
FROM marts.authors AS author
SEMI JOIN (FROM marts.author_names WHERE name = lower($who)) AS person USING (author_id)
ORDER BY works_count DESC, author_id
