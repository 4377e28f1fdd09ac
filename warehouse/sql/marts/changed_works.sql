-- One row is a work that changed since the step's last build, in itself or in who wrote it. Temporary tables: this_build
-- (last), changed_mentions.
SELECT work_id
FROM staging.work_changes
WHERE build > (SELECT last FROM this_build)
UNION
SELECT work_id FROM changed_mentions
