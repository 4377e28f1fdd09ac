-- One row is an author whose profile changes can reach, but for the ties of others to such an author. Temporary tables:
-- changed_mentions, recited_works, this_build (last).
WITH works AS (
    SELECT work_id
    FROM staging.work_changes
    WHERE build > (SELECT last FROM this_build)
    UNION
    SELECT work_id FROM recited_works
    UNION
    -- Whose the mention was is not known: it was the second of somebody on the byline, or the work is new.
    SELECT work_id
    FROM changed_mentions
    WHERE is_now AND mention_id NOT IN (SELECT mention_id FROM changed_mentions WHERE NOT is_now)
),

orcids AS (
    SELECT unnest(orcids) AS orcid FROM staging.work_changes WHERE build > (SELECT last FROM this_build)
    UNION
    SELECT orcid FROM staging.mentions SEMI JOIN works USING (work_id) WHERE orcid IS NOT NULL
    UNION
    SELECT orcid FROM staging.mentions SEMI JOIN changed_mentions USING (mention_id) WHERE orcid IS NOT NULL
),

mentions AS (
    SELECT mention_id FROM staging.mentions SEMI JOIN works USING (work_id)
    UNION
    SELECT mention_id FROM staging.mentions SEMI JOIN orcids USING (orcid)
    UNION
    SELECT unnest([mention_id_l, mention_id_r]) FROM resolved.corrections
    UNION
    SELECT unnest([mention_id_l, mention_id_r]) FROM resolved.unmet_corrections
)

SELECT author_id FROM changed_mentions
UNION
SELECT author_id FROM marts.author_works SEMI JOIN works USING (work_id)
UNION
SELECT author_id FROM resolved.author_mentions SEMI JOIN mentions USING (mention_id)
UNION
SELECT author_id FROM resolved.corrections WHERE author_id IS NOT NULL
UNION
SELECT redirect.author_id
FROM resolved.author_redirects AS redirect
INNER JOIN resolved.corrections AS correction ON redirect.old_author_id = correction.author_id
