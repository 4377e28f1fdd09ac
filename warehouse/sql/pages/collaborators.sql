-- One row is a collaborator of an author, strongest first, at most 60; close ones are the strongest. Parameter: id.
SELECT * FROM marts.collaborators
WHERE author_id = $id
ORDER BY strength DESC, display_name, collaborator_id
LIMIT 60
