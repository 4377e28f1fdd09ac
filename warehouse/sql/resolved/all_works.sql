-- One row is a work that is here or had mentions in the last run.
SELECT work_id FROM staging.works
UNION
SELECT rtrim(rtrim(mention_id, '0123456789'), '#') FROM resolved.mention_places
