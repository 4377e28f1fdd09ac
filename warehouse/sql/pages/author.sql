-- One row is the author of this id. Parameter: id.
SELECT * FROM marts.authors WHERE author_id = $id
