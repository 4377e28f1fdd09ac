-- One row is a mention as the trust score reads it: of the authors of a batch, and of others who bear an ORCID iD of
-- theirs. Temporary tables: authorships, placed (mention_id). Parameters: first and last author of the batch.
WITH own AS (
    SELECT mention_id, work_id, author_id, probability, given, family, orcid
    FROM authorships
    WHERE author_id BETWEEN $first AND $last
)

SELECT own.*, mention_id IN (SELECT mention_id FROM placed) AS has_ror_institution
FROM own
UNION ALL
SELECT mention.mention_id, mention.work_id, resolved.author_id, resolved.probability, NULL, NULL, mention.orcid, false
FROM staging.mentions AS mention
INNER JOIN resolved.author_mentions AS resolved USING (mention_id)
WHERE
    mention.kind = 'person'
    AND mention.orcid IN (SELECT orcid FROM own WHERE orcid IS NOT NULL)
    AND resolved.author_id NOT IN (SELECT author_id FROM own)
