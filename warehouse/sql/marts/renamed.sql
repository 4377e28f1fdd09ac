-- One row is an author whose display name is another than on the page that is still there; temporary table display_names.
SELECT author_id, name.display_name
FROM display_names AS name
INNER JOIN marts.authors AS page USING (author_id)
WHERE name.display_name != page.display_name
