-- Which pairs of authors are likely one person?
-- One row is a pair of authors whose works assert the same ORCID iD, whose names OpenAlex puts in the same profile, or
-- who bear the same name and have a collaborator in common; the strongest sign first.
-- shown = 50: rows at most
WITH marks AS (
    SELECT DISTINCT resolved.author_id, mention.orcid, mention.openalex_author_id
    FROM resolved.author_mentions AS resolved
    INNER JOIN staging.mentions AS mention USING (mention_id)
    WHERE mention.kind = 'person' AND (mention.orcid IS NOT NULL OR mention.openalex_author_id IS NOT NULL)
),

namesakes AS (
    SELECT author_id, lower(strip_accents(display_name)) AS name
    FROM marts.authors
    WHERE kind = 'person'
    QUALIFY count(*) OVER (PARTITION BY name) > 1
),

near AS (
    SELECT list(author_id) AS authors, collaborator_id AS collaborator
    FROM marts.collaborators
    INNER JOIN namesakes USING (author_id)
    GROUP BY collaborator_id, name
    HAVING count(*) > 1
),

found AS (
    SELECT l.author_id AS author_id_l, r.author_id AS author_id_r, 'orcid' AS sign, l.orcid AS what
    FROM marks AS l
    INNER JOIN marks AS r ON l.orcid = r.orcid AND l.author_id < r.author_id
    UNION
    SELECT l.author_id, r.author_id, 'openalex profile', l.openalex_author_id
    FROM marks AS l
    INNER JOIN marks AS r ON l.openalex_author_id = r.openalex_author_id AND l.author_id < r.author_id
    UNION
    SELECT l.id, r.id, 'name and collaborator', min(near.collaborator)
    FROM near, unnest(near.authors) AS l (id), unnest(near.authors) AS r (id)
    WHERE l.id < r.id
    GROUP BY l.id, r.id
)

SELECT
    found.author_id_l,
    l.display_name AS name_l,
    found.author_id_r,
    r.display_name AS name_r,
    list(found.sign ORDER BY found.sign) AS signs,
    list(found.what ORDER BY found.sign) AS what
FROM found
INNER JOIN marts.authors AS l ON found.author_id_l = l.author_id
INNER JOIN marts.authors AS r ON found.author_id_r = r.author_id
GROUP BY ALL
ORDER BY list_contains(signs, 'orcid') DESC, len(signs) DESC, found.author_id_l, found.author_id_r
LIMIT $shown::BIGINT;
