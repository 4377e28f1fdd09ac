-- One row is a neighbour of a paper or an author. A read that knows which of the two its centre is takes the one view,
-- and is planned in less time.
SELECT * FROM marts.paper_edges
UNION ALL
SELECT * FROM marts.author_edges
