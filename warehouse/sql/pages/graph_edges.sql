-- One row is a neighbour of a paper or an author. Parameter: id.
SELECT * FROM marts.graph_edges WHERE centre_id = $id ORDER BY kind, place
