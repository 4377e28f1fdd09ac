-- One row is a changed mention, or one that bears a name that may be the same person's. Temporary tables:
-- changed_mentions, compatible_names.
SELECT mention_id
FROM changed_mentions
UNION
SELECT place.mention_id
FROM resolved.mention_places AS place
SEMI JOIN compatible_names USING (block, first, tokens, middles)
