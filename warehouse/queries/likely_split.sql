-- Which pairs of authors are likely one person?
-- One row is a pair of authors whose works assert the same ORCID iD, whose names OpenAlex puts in the same profile, or
-- who bear the same written-out name, have collaborators in common and never wrote together; the strongest sign first, then most
-- common collaborators, then the rarest name.
-- shown = 50: rows at most
WITH marks AS (
    SELECT DISTINCT resolved.author_id, mention.orcid, mention.openalex_author_id
    FROM resolved.author_mentions AS resolved
    INNER JOIN staging.mentions AS mention USING (mention_id)
    WHERE mention.kind = 'person' AND (mention.orcid IS NOT NULL OR mention.openalex_author_id IS NOT NULL)
),

namesakes AS (
    SELECT author_id, lower(strip_accents(display_name)) AS name, count(*) OVER (PARTITION BY name) AS bearers
    FROM marts.authors
    WHERE kind = 'person' AND regexp_matches(display_name, '^\pL{2}')
    QUALIFY bearers > 1
),

near AS (
    SELECT list(author_id) AS authors, collaborator_id AS collaborator, min(bearers) AS bearers
    FROM marts.collaborators
    INNER JOIN namesakes USING (author_id)
    GROUP BY collaborator_id, name
    HAVING count(*) > 1
),

found AS (
    SELECT
        l.author_id AS author_id_l,
        r.author_id AS author_id_r,
        'orcid' AS sign,
        l.orcid AS what,
        0 AS in_common,
        0 AS bearers
    FROM marks AS l
    INNER JOIN marks AS r ON l.orcid = r.orcid AND l.author_id < r.author_id
    UNION
    SELECT l.author_id, r.author_id, 'openalex profile', l.openalex_author_id, 0, 0
    FROM marks AS l
    INNER JOIN marks AS r ON l.openalex_author_id = r.openalex_author_id AND l.author_id < r.author_id
    UNION
    SELECT l.id, r.id, 'name and collaborator', min(near.collaborator), count(*), min(near.bearers)
    FROM near, unnest(near.authors) AS l (id), unnest(near.authors) AS r (id)
    WHERE l.id < r.id
    GROUP BY l.id, r.id
),

apart AS (
    SELECT found.*
    FROM found
    ANTI JOIN marts.collaborators AS tie
        ON found.author_id_l = tie.author_id
        AND found.author_id_r = tie.collaborator_id
        AND found.sign = 'name and collaborator'
)

SELECT
    apart.author_id_l,
    l.display_name AS name_l,
    apart.author_id_r,
    r.display_name AS name_r,
    list(apart.sign ORDER BY apart.sign) AS signs,
    list(apart.what ORDER BY apart.sign) AS what,
    max(apart.in_common) AS collaborators_in_common
FROM apart
INNER JOIN marts.authors AS l ON apart.author_id_l = l.author_id
INNER JOIN marts.authors AS r ON apart.author_id_r = r.author_id
GROUP BY apart.author_id_l, l.display_name, apart.author_id_r, r.display_name
ORDER BY
    list_contains(signs, 'orcid') DESC,
    len(signs) DESC,
    collaborators_in_common DESC,
    max(apart.bearers),
    apart.author_id_l,
    apart.author_id_r
LIMIT $shown::BIGINT;
