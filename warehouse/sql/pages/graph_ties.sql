-- One row is a person of a slice with the established ties to others, as JSON. Parameter: ids, written out one by one.
SELECT author_id, ties FROM marts.established_ties WHERE author_id IN ($ids)
