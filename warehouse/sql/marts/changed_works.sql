-- One row is a work that changed since the step's last build, in itself or in who wrote it; temporary table this_build
-- (last). Who wrote it: any mention whose author or probability is not that of marts.author_works.
WITH now AS (
    SELECT mention_id, hash(mention_id, author_id, probability) AS digest
    FROM resolved.author_mentions
),

known AS (
    SELECT work_id, hash(mention_id, author_id, probability) AS digest
    FROM marts.author_works
)

SELECT work_id
FROM staging.work_changes
WHERE build > (SELECT last FROM this_build)
UNION
SELECT split_part(mention_id, '#', 1) FROM now ANTI JOIN known USING (digest)
UNION
SELECT work_id FROM known ANTI JOIN now USING (digest)
