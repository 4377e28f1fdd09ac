-- One row is an author, block or name that weighs most in a figure of a run, with up to five of its printed names; none
-- of those that a hidden author bears. SQL must see hidden_authors. Parameters: run_id, metric.
WITH culprits AS (
    SELECT slice, value, regexp_extract(slice, '^(author: |block of |name of )(.*)$', 2) AS id
    FROM resolved.quality
    WHERE run_id = $run_id AND metric = $metric AND gold_set = 'self' AND slice NOT IN ('all', 'drift')
),

bearers AS (
    SELECT culprit.id, person.mention_id
    FROM culprits AS culprit INNER JOIN resolved.author_mentions AS person ON culprit.id = person.author_id
    UNION ALL
    SELECT id, id FROM culprits
),

hidden_names AS (
    SELECT mention.raw_name
    FROM staging.mentions AS mention
    INNER JOIN resolved.author_mentions AS person USING (mention_id)
    SEMI JOIN hidden_authors ON person.author_id = hidden_authors.author_id
),

printed AS (
    SELECT bearer.id, mention.raw_name, count(*) AS n
    FROM bearers AS bearer
    INNER JOIN staging.mentions AS mention USING (mention_id)
    ANTI JOIN hidden_names ON mention.raw_name = hidden_names.raw_name
    GROUP BY bearer.id, mention.raw_name
),

named AS (
    SELECT id, list(raw_name ORDER BY n DESC, raw_name)[:5] AS names FROM printed GROUP BY id
)

SELECT culprit.slice, culprit.id, culprit.value, coalesce(named.names, []) AS names
FROM culprits AS culprit LEFT JOIN named USING (id)
ORDER BY culprit.value DESC, culprit.id
