-- One row is a work of an author, newest first, at most 200. Parameter: id.
SELECT * FROM marts.author_works
WHERE author_id = $id
ORDER BY first_submitted_at DESC NULLS LAST, display_year DESC NULLS LAST, work_id
LIMIT 200
