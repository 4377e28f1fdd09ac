-- One row is a pair of mentions that a person has declared to be the same person.
SELECT mention_id_l, mention_id_r
FROM resolved.corrections
WHERE kind = 'same' AND status = 'approved' AND mention_id_l IS NOT NULL AND mention_id_r IS NOT NULL
