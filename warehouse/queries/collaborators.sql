-- With whom has somebody written most often?
-- One row is a collaborator of an author of that name, most joint works first.
-- author: a name as printed, in any case, or an author id
-- shown = 20: rows at most
SELECT author_id, collaborator_id, display_name, joint_works, strength, is_close, first_year, last_year
FROM marts.collaborators
SEMI JOIN (FROM marts.author_names WHERE name = lower($author)) AS person USING (author_id)
ORDER BY joint_works DESC, strength DESC, author_id, collaborator_id
LIMIT $shown::BIGINT;
