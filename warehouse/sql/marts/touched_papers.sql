-- One row is a work whose page has to be made again: it changed since the step's last build, or a name on it is hidden or
-- was; temporary table this_build (last).
SELECT work_id
FROM staging.work_changes
WHERE build > (SELECT last FROM this_build)
UNION
SELECT work.work_id
FROM marts.author_works AS work
WHERE work.author_id IN (
    SELECT author_id
    FROM resolved.author_mentions
    WHERE mention_id IN (SELECT mention_id_l FROM resolved.corrections WHERE kind = 'hide_name')
    UNION
    SELECT author_id FROM resolved.corrections WHERE kind = 'hide_name'
    UNION
    SELECT redirect.author_id
    FROM resolved.author_redirects AS redirect
    INNER JOIN resolved.corrections AS correction ON redirect.old_author_id = correction.author_id
    WHERE correction.kind = 'hide_name'
)
