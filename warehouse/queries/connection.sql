-- Through whom are two people connected?
-- One row is a person on a shortest way from one to the other, in order; none when there is no way that short.
-- from_author: an author id
-- to_author: another author id
-- most_steps = 4: joint works on the way, up to 4: two from either end
WITH forth AS (
    SELECT $from_author AS author_id, NULL AS via, 0 AS steps
    UNION ALL
    SELECT collaborator_id, NULL, 1
    FROM marts.collaborators
    WHERE author_id = $from_author
    UNION ALL
    SELECT collaborator_id, min(author_id), 2
    FROM marts.collaborators
    WHERE author_id IN (SELECT collaborator_id FROM marts.collaborators WHERE author_id = $from_author)
    GROUP BY collaborator_id
),

back AS (
    SELECT $to_author AS author_id, NULL AS via, 0 AS steps
    UNION ALL
    SELECT collaborator_id, NULL, 1
    FROM marts.collaborators
    WHERE author_id = $to_author
    UNION ALL
    SELECT collaborator_id, min(author_id), 2
    FROM marts.collaborators
    WHERE author_id IN (SELECT collaborator_id FROM marts.collaborators WHERE author_id = $to_author)
    GROUP BY collaborator_id
),

shortest AS (
    SELECT
        CASE forth.steps WHEN 0 THEN [] WHEN 1 THEN [$from_author] ELSE [$from_author, forth.via] END
        || [author_id]
        || CASE back.steps WHEN 0 THEN [] WHEN 1 THEN [$to_author] ELSE [back.via, $to_author] END AS people
    FROM forth
    INNER JOIN back USING (author_id)
    WHERE forth.steps + back.steps <= $most_steps::INTEGER
    ORDER BY forth.steps + back.steps, forth.steps, author_id
    LIMIT 1
),

way AS (
    SELECT steps, people[steps + 1] AS author_id, people[nullif(steps, 0)] AS before
    FROM shortest, unnest(range(len(people))) AS place (steps)
)

SELECT way.steps, way.author_id, author.display_name, tie.joint_works AS joint_works_with_the_one_before
FROM way
INNER JOIN marts.authors AS author USING (author_id)
LEFT JOIN marts.collaborators AS tie ON way.author_id = tie.author_id AND way.before = tie.collaborator_id
ORDER BY way.steps;
