-- One row is a mention that an approved claim covers; a null mention covers every mention of the author. Temporary
-- table claims: a claim that a later decision rejected covers nothing.
SELECT author_id, NULL::VARCHAR AS mention_id
FROM claims
WHERE claim NOT IN ('pending', 'rejected')
