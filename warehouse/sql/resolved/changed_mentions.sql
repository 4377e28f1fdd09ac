-- One row is a mention that came, went or changed since the last run. Temporary table: fingerprints.
SELECT mention_id
FROM fingerprints AS now
FULL JOIN resolved.mention_places AS last USING (mention_id)
WHERE now.fingerprint IS DISTINCT FROM last.fingerprint
