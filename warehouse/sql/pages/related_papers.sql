-- One row is a paper related to a paper, best first. Parameter: id.
SELECT * FROM marts.related_papers WHERE work_id = $id ORDER BY rank
