-- One row is an author with the name to show and the others; temporary tables authorships, chosen_names (author_id,
-- value: what a correction set). A name with a full given name goes before one with initials, then the one printed most
-- often, then the longer one.
WITH forms AS (
    SELECT
        author_id,
        raw_name,
        count(*) AS works,
        bool_or(regexp_matches(coalesce(given, ''), '\p{L}{2,}')) AS is_full
    FROM authorships
    GROUP BY author_id, raw_name
),

named AS (
    SELECT
        author_id,
        coalesce(
            any_value(chosen.value),
            first(raw_name ORDER BY is_full DESC, works DESC, length(raw_name) DESC, raw_name)
        ) AS display_name,
        list(raw_name ORDER BY works DESC, raw_name) AS printed_names
    FROM forms
    LEFT JOIN chosen_names AS chosen USING (author_id)
    GROUP BY author_id
)

SELECT
    author_id,
    display_name,
    list_filter(printed_names, lambda name: name != display_name) AS name_variants
FROM named
