-- One row is a mention that came, went or changed since the last run. Temporary tables: fingerprints, looked_at.
WITH known AS (
    SELECT mention_id, fingerprint
    FROM resolved.mention_places
    WHERE split_part(mention_id, '#', 1) IN (SELECT work_id FROM looked_at)
)

SELECT mention_id
FROM fingerprints AS now
FULL JOIN known USING (mention_id)
WHERE now.fingerprint IS DISTINCT FROM known.fingerprint
