-- One row is an author whose established ties to authors of greater ids are others than marts.established_ties has.
WITH now AS (
    SELECT author_id, (bit_xor(hash(hash(collaborator_id, strength))) >> 1)::BIGINT AS digest
    FROM marts.collaborators
    WHERE is_established AND author_id < collaborator_id
    GROUP BY author_id
)

SELECT author_id
FROM now
FULL JOIN marts.established_ties AS known USING (author_id)
WHERE now.digest IS DISTINCT FROM known.digest
