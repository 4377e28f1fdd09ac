-- One row is a name as the resolver reads it, with how often it is printed and the smallest mention that bears it.
SELECT
    raw_name AS name,
    given,
    family,
    min(mention_id) AS mention_id,
    count(*) AS mentions,
    bool_or(kind = 'person') AS is_person
FROM staging.mentions
GROUP BY raw_name, given, family
ORDER BY raw_name, given, family
