-- One row is a work that is here or had mentions in the last run.
SELECT work_id FROM staging.works
UNION
SELECT split_part(mention_id, '#', 1) FROM resolved.mention_places
