-- One row is a neighbour of an author. Every kind is read from a table that is stored by the centre's id, so
-- that a read with a centre_id looks at few rows; caps and places are stored where they can be.
WITH edges AS (
    SELECT
        author_id AS centre_id,
        'wrote' AS kind,
        row_number() OVER (
            PARTITION BY author_id ORDER BY cited_by_count DESC, first_submitted_at DESC NULLS LAST, work_id
        ) AS place,
        author_id AS source_id,
        work_id AS target_id,
        probability AS weight,
        'author ' || position || ' of ' || byline_size AS reason
    FROM marts.author_works
    QUALIFY
        row_number() OVER (
            PARTITION BY author_id ORDER BY cited_by_count DESC, first_submitted_at DESC NULLS LAST, work_id
        ) <= 20
    UNION ALL
    SELECT
        author_id,
        'collaborator',
        row_number() OVER (PARTITION BY author_id ORDER BY strength DESC, collaborator_id),
        author_id,
        collaborator_id,
        strength,
        concat_ws(
            ', ',
            CASE joint_works WHEN 1 THEN 'one joint work' ELSE joint_works || ' joint works' END,
            CASE WHEN first_year = last_year THEN first_year::VARCHAR ELSE first_year || ' to ' || last_year END
        )
    FROM marts.collaborators
    QUALIFY row_number() OVER (PARTITION BY author_id ORDER BY strength DESC, collaborator_id) <= 20
    UNION ALL
    SELECT
        author_id,
        'topic',
        place,
        author_id,
        topic_id,
        works_count,
        CASE works_count WHEN 1 THEN 'one work on it' ELSE works_count || ' works on it' END
    FROM marts.author_topics
    WHERE place <= 10
    UNION ALL
    SELECT
        author_id,
        'institution',
        place,
        author_id,
        institution_id,
        works_count,
        concat_ws(
            ', ',
            CASE works_count WHEN 1 THEN 'one work' ELSE works_count || ' works' END,
            CASE WHEN first_year = last_year THEN first_year::VARCHAR ELSE first_year || ' to ' || last_year END
        )
    FROM marts.author_institutions
    WHERE place <= 10
)

SELECT centre_id, kind, place::INTEGER AS place, source_id, target_id, weight::DOUBLE AS weight, reason
FROM edges
