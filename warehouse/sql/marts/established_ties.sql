-- One row is an author with the established ties to authors of greater ids; temporary table retied_authors (author_id).
-- Hashed twice: of two columns hashed together, the parts of each cancel out in bit_xor where ties swap their strengths.
SELECT
    author_id,
    to_json(map_from_entries(list((collaborator_id, strength) ORDER BY collaborator_id)))::VARCHAR AS ties,
    (bit_xor(hash(hash(collaborator_id, strength))) >> 1)::BIGINT AS digest
FROM marts.collaborators
SEMI JOIN retied_authors USING (author_id)
WHERE is_established AND author_id < collaborator_id
GROUP BY author_id
