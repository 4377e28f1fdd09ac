-- One row is a mention that an approved claim covers; a null mention covers every mention of the author.
SELECT author_id, mention_id_l AS mention_id
FROM resolved.corrections
WHERE kind = 'claim' AND status = 'approved' AND author_id IS NOT NULL
