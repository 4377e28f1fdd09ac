-- Through whom are two people connected?
-- One row is a person on a shortest way from one to the other, in order; none when there is no way that short.
-- from_author: an author id
-- to_author: another author id
-- most_steps = 4: joint works on the way at most
WITH RECURSIVE reached (author_id, via, steps) USING KEY (author_id) AS (
    SELECT $from_author::VARCHAR AS author_id, NULL::VARCHAR AS via, 0 AS steps
    UNION
    SELECT tie.collaborator_id, min(tie.author_id), latest.steps + 1
    FROM reached AS latest
    INNER JOIN marts.collaborators AS tie USING (author_id)
    ANTI JOIN recurring.reached AS known ON tie.collaborator_id = known.author_id
    WHERE latest.steps < $most_steps::INTEGER
        AND NOT EXISTS (FROM recurring.reached WHERE author_id = $to_author)
    GROUP BY tie.collaborator_id, latest.steps
),

way (author_id, via, steps) AS (
    SELECT author_id, via, steps FROM reached WHERE author_id = $to_author
    UNION ALL
    SELECT before.author_id, before.via, before.steps
    FROM way
    INNER JOIN reached AS before ON way.via = before.author_id
)

SELECT way.steps, way.author_id, author.display_name, tie.joint_works AS joint_works_with_the_one_before
FROM way
INNER JOIN marts.authors AS author USING (author_id)
LEFT JOIN marts.collaborators AS tie ON way.author_id = tie.author_id AND way.via = tie.collaborator_id
ORDER BY way.steps;
