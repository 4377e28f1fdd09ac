-- One row is an affected mention with its digest: of the work as it is now, or as it was if it was not looked at.
-- Temporary tables: fingerprints, looked_at, affected_mentions.
SELECT mention_id, fingerprint
FROM fingerprints
UNION ALL
SELECT mention_id, fingerprint
FROM resolved.mention_places
SEMI JOIN affected_mentions USING (mention_id)
WHERE split_part(mention_id, '#', 1) NOT IN (SELECT work_id FROM looked_at)
