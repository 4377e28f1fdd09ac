-- With whom has somebody written most often?
-- One row is a collaborator of an author of that name, most joint works first.
-- author: a name as printed, in any case, or an author id
-- shown = 20: rows at most
WITH person AS (
    SELECT author_id FROM marts.authors WHERE author_id = $author
    UNION
    SELECT author_id FROM resolved.author_redirects WHERE old_author_id = $author
    UNION
    SELECT author_id
    FROM marts.authors
    WHERE lower(display_name) = lower($author) OR list_contains([lower(name) FOR name IN name_variants], lower($author))
)

SELECT author_id, collaborator_id, display_name, joint_works, strength, is_close, first_year, last_year
FROM marts.collaborators
SEMI JOIN person USING (author_id)
ORDER BY joint_works DESC, strength DESC, author_id, collaborator_id
LIMIT $shown::BIGINT;
