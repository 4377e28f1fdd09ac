-- One row is an author of a work; temporary table near_again (work_id).
SELECT work_id, author_id, position
FROM marts.author_works
SEMI JOIN near_again USING (work_id)
