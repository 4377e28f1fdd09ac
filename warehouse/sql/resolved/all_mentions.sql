-- One row is a mention that is here or has an author.
SELECT mention_id FROM staging.mentions
UNION
SELECT mention_id FROM resolved.author_mentions
