-- One row is an institution OpenAlex recognised for a mention; temporary tables lined_up, touched, as for
-- mentions.sql.
WITH openalex AS (
    SELECT works.work_id, unnest(work.byline) AS name, generate_subscripts(work.byline, 1) AS openalex_position
    FROM staging.works AS works
    SEMI JOIN touched USING (work_id)
    INNER JOIN staging.openalex_works AS work ON works.openalex_id = work.openalex_id
),

placed AS (
    SELECT
        openalex.work_id,
        CASE WHEN mention.byline_source = 'arxiv' THEN lined_up.position ELSE openalex_position END AS position,
        unnest(openalex.name.institution_ids) AS institution_id
    FROM openalex
    LEFT JOIN lined_up USING (work_id, openalex_position)
    INNER JOIN staging.mentions AS mention ON mention.work_id = openalex.work_id AND mention.position = 1
)

SELECT DISTINCT work_id || '#' || position AS mention_id, institution_id
FROM placed
WHERE position IS NOT NULL AND institution_id IS NOT NULL
