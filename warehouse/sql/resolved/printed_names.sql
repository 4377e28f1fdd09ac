-- One row is a printed name, with how often it is printed, the smallest mention that bears it, and whether it was taken for a
-- person's.
SELECT
    raw_name AS name,
    min(mention_id) AS mention_id,
    count(*) AS mentions,
    kind = 'person' AS is_person
FROM staging.mentions
GROUP BY raw_name, is_person
ORDER BY raw_name, is_person
