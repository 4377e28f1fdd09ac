-- One row is a tie of a person of a slice to another of it, once. Parameters: id, and ids written out one by one. Repeated
-- for each of them under UNION ALL: the table is stored by author, and one author at a time is found in it far sooner.
SELECT author_id, collaborator_id, strength
FROM marts.collaborators
WHERE author_id = $id AND collaborator_id IN ($ids) AND author_id < collaborator_id
