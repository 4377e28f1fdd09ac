-- One row is an author with the name to show and the others; temporary table authorships. A name with a full given
-- name goes before one with initials, then the one printed most often, then the longer one.
WITH forms AS (
    SELECT
        author_id,
        raw_name,
        count(*) AS works,
        bool_or(regexp_matches(coalesce(given, ''), '\p{L}{2,}')) AS is_full
    FROM authorships
    GROUP BY author_id, raw_name
),

ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY author_id ORDER BY is_full DESC, works DESC, length(raw_name) DESC, raw_name) AS place
    FROM forms
),

chosen AS (
    SELECT
        author_id,
        any_value(raw_name) FILTER (WHERE place = 1) AS display_name,
        coalesce(list(raw_name ORDER BY works DESC, raw_name) FILTER (WHERE place > 1), []) AS name_variants
    FROM ranked
    GROUP BY author_id
),

corrected AS (
    SELECT author_id, arg_max(value, "at") AS value
    FROM resolved.corrections
    WHERE kind = 'display_name' AND status = 'approved' AND value IS NOT NULL
    GROUP BY author_id
)

SELECT chosen.author_id, coalesce(corrected.value, chosen.display_name) AS display_name, chosen.name_variants
FROM chosen
LEFT JOIN corrected USING (author_id)
