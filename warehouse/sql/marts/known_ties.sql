-- One row is a tie of a renewed author, or of another author to one, as it is known; temporary table tied_rows (_row), of
-- marts.collaborators.
SELECT author_id, collaborator_id, strength, is_established, is_close
FROM marts.collaborators
WHERE rowid IN (SELECT _row FROM tied_rows)
