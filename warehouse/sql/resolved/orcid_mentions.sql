-- One row is a person's mention with the ORCID iD that its work's record asserts.
SELECT mention_id, work_id, orcid
FROM staging.mentions
WHERE kind = 'person' AND orcid IS NOT NULL
ORDER BY mention_id
