-- One row is an author and a collaborator. Temporary tables: ties (from the metrics), display_names, of the authors that
-- are renewed; the others' names stand on their pages.
SELECT ties.* EXCLUDE (recent_strength), coalesce(name.display_name, page.display_name) AS display_name
FROM ties
LEFT JOIN display_names AS name ON name.author_id = ties.collaborator_id
LEFT JOIN marts.authors AS page ON page.author_id = ties.collaborator_id AND name.author_id IS NULL
