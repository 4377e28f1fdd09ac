-- One row is a person's name on a work that a renewed author stands on, in numbers. Temporary tables: persons (mention_id,
-- work_id, position, author_id, family_key, probability, year), author_numbers (author_id, author), family_ranks
-- (family_key, family_rank).
SELECT
    dense_rank() OVER (ORDER BY work_id)::UINTEGER AS work,
    position::BIGINT AS position,
    author,
    family_rank,
    probability,
    year::BIGINT AS year
FROM persons
INNER JOIN author_numbers USING (author_id)
LEFT JOIN family_ranks USING (family_key)
ORDER BY work, position
