-- One row is a work that came, went or reads differently since its list of related papers was made; temporary table
-- related_fingerprints.
SELECT work_id, last.work_id IS NULL AS is_new, now.work_id IS NULL AS is_gone
FROM related_fingerprints AS now
FULL JOIN marts.related_works AS last USING (work_id)
WHERE now.fingerprint IS DISTINCT FROM last.fingerprint
