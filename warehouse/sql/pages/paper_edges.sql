-- One row is a neighbour of a paper. Parameter: id.
SELECT * FROM marts.paper_edges WHERE centre_id = $id ORDER BY kind, place
