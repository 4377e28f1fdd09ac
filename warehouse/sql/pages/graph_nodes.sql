-- One row is a neighbour by its name. Parameter: ids, written out one by one.
SELECT * FROM marts.graph_nodes WHERE node_id IN ($ids)
