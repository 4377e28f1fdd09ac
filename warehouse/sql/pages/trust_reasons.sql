-- One row is a component of an author's trust score. Parameter: id.
SELECT * FROM marts.trust_reasons WHERE author_id = $id
