-- One row is a neighbour of an author. Parameter: id.
SELECT * FROM marts.author_edges WHERE centre_id = $id ORDER BY kind, place
