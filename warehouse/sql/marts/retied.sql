-- One row is an author with a close tie that came, went, is close no more or is as strong no more; temporary tables tied_rows
-- and ties, the rows before and now.
SELECT DISTINCT author_id
FROM tied_rows AS old
FULL JOIN ties AS new USING (author_id, collaborator_id)
WHERE
    (coalesce(old.is_close, false) OR coalesce(new.is_close, false))
    AND (old.is_close, old.strength) IS DISTINCT FROM (new.is_close, new.strength)
