-- One row is a tie between two people of a slice, once. Parameter: ids, written out one by one.
SELECT author_id, collaborator_id, strength
FROM marts.collaborators
WHERE author_id IN ($ids) AND collaborator_id IN ($ids) AND author_id < collaborator_id
ORDER BY author_id, collaborator_id
