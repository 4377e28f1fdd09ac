-- One row is a printed name of an author or an id that leads to one, in lower case. A name printed in two
-- cases has two rows.
SELECT lower(display_name) AS name, author_id
FROM marts.authors
UNION ALL
SELECT lower(unnest(name_variants)), author_id
FROM marts.authors
UNION ALL
SELECT lower(author_id), author_id
FROM marts.authors
UNION ALL
SELECT lower(old_author_id), author_id
FROM resolved.author_redirects
