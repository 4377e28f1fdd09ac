-- One row is an author and a collaborator; temporary tables pairs (from the metrics), display_names.
SELECT pairs.*, name.display_name
FROM pairs
INNER JOIN display_names AS name ON name.author_id = pairs.collaborator_id
