-- One row is an author of a work that cites or is cited; temporary table citations (citing_work_id, cited_work_id).
SELECT DISTINCT mention.work_id, resolved.author_id
FROM staging.mentions AS mention
SEMI JOIN (SELECT citing_work_id AS work_id FROM citations UNION SELECT cited_work_id FROM citations) USING (work_id)
INNER JOIN resolved.author_mentions AS resolved USING (mention_id)
