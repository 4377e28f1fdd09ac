-- One row is a name of a block that a changed mention is in, of mentions that have not changed. Temporary tables:
-- changed_mentions, arrivals.
SELECT DISTINCT place.block, place.first, place.tokens, place.middles
FROM resolved.mention_places AS place
SEMI JOIN arrivals USING (block)
ANTI JOIN changed_mentions USING (mention_id)
WHERE place.block != ''
ORDER BY ALL
