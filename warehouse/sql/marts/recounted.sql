-- One row is an author whose collaborators are others, or established or close in other numbers; temporary tables tied_rows
-- and ties, the rows before and now.
SELECT DISTINCT author_id
FROM tied_rows AS old
FULL JOIN ties AS new USING (author_id, collaborator_id)
WHERE (old.is_established, old.is_close) IS DISTINCT FROM (new.is_established, new.is_close)
