-- One row is a person's name on a work; temporary table authorships.
SELECT work_id, position, author_id, family_key, probability, year
FROM authorships
WHERE kind = 'person'
