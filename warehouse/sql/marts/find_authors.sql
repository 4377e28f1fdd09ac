-- One row is an author of this id, or else of this name, whatever its case; an id that was merged away leads to its
-- author. Parameter: who.
WITH wanted AS (
    SELECT author_id FROM marts.authors WHERE author_id = $who
    UNION
    SELECT author_id FROM resolved.author_redirects WHERE old_author_id = $who
    UNION
    SELECT author_id
    FROM marts.authors
    WHERE lower(display_name) = lower($who) OR list_contains([lower(name) FOR name IN name_variants], lower($who))
)

SELECT author.*
FROM marts.authors AS author
SEMI JOIN wanted USING (author_id)
ORDER BY works_count DESC, author_id
