-- One row is a mention that has to be resolved again, or is gone. Temporary tables: changed_mentions, reached_islands.
SELECT mention_id
FROM changed_mentions
UNION
SELECT place.mention_id
FROM resolved.mention_places AS place
SEMI JOIN reached_islands USING (island)
