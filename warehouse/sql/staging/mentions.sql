-- One row is an author name printed on a work. Temporary tables: arxiv_papers, touched, lined_up (work_id, position,
-- openalex_position): the OpenAlex name that stands for an arXiv name. An ORCID on two names of one work is dropped.
WITH arxiv AS (
    SELECT 'arxiv:' || arxiv_id AS work_id, unnest(byline) AS name, generate_subscripts(byline, 1) AS position
    FROM arxiv_papers
),

openalex AS (
    SELECT works.work_id, unnest(work.byline) AS name, generate_subscripts(work.byline, 1) AS position
    FROM staging.works AS works
    SEMI JOIN touched USING (work_id)
    INNER JOIN staging.openalex_works AS work ON works.openalex_id = work.openalex_id
),

names AS (
    SELECT
        arxiv.work_id,
        arxiv.position,
        arxiv.name.raw_name,
        arxiv.name.given,
        arxiv.name.family,
        arxiv.name.suffix,
        arxiv.name.kind,
        other.name.orcid,
        other.name.openalex_author_id,
        coalesce(other.name.affiliation, arxiv.name.affiliation) AS raw_affiliation,
        'arxiv' AS byline_source,
        other.work_id IS NOT NULL AS is_on_openalex
    FROM arxiv
    LEFT JOIN lined_up USING (work_id, position)
    LEFT JOIN openalex AS other ON other.work_id = lined_up.work_id AND other.position = lined_up.openalex_position
    UNION ALL BY NAME
    SELECT
        work_id,
        position,
        name.raw_name,
        name.given,
        name.family,
        name.suffix,
        name.kind,
        name.orcid,
        name.openalex_author_id,
        name.affiliation AS raw_affiliation,
        'openalex' AS byline_source,
        true AS is_on_openalex
    FROM openalex
    ANTI JOIN arxiv USING (work_id)
)

SELECT
    work_id || '#' || position AS mention_id,
    * REPLACE (
        CASE WHEN count(*) OVER (PARTITION BY work_id, orcid) = 1 THEN orcid END AS orcid
    )
FROM names
