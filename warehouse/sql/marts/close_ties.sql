-- One row is a close tie of an author; temporary table near_authors (author_id).
SELECT author_id, collaborator_id, strength
FROM marts.collaborators
WHERE is_close AND author_id IN (SELECT author_id FROM near_authors)
