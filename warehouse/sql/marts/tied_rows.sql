-- One row is a row of marts.collaborators about a renewed author, from either side, with its rowid; temporary table renewed
-- (author_id).
SELECT rowid AS _row, *
FROM marts.collaborators
WHERE author_id IN (SELECT author_id FROM renewed) OR collaborator_id IN (SELECT author_id FROM renewed)
