-- One row is a value of a work and the record it came from. The order of preference is that of works.sql: arXiv's value
-- where it has one, OpenAlex's for what only OpenAlex knows; of several arXiv doors the one that gave the field. What the
-- other tables of a work hold comes last: its categories, and all that OpenAlex tells of it and of its names.
-- Temporary tables arxiv_papers, touched.
WITH records AS (
    SELECT
        works.work_id,
        paper.arxiv_id AS arxiv_record,
        coalesce(paper.origins[fields.field].source, paper.source) AS arxiv_door,
        coalesce(paper.origins[fields.field].fetched_at, paper.fetched_at) AS arxiv_at,
        work.openalex_id AS openalex_record,
        work.fetched_at AS openalex_at,
        fields.field,
        fields.winner
    FROM staging.works AS works
    SEMI JOIN touched USING (work_id)
    LEFT JOIN arxiv_papers AS paper ON works.work_id = 'arxiv:' || paper.arxiv_id
    LEFT JOIN staging.openalex_works AS work ON works.openalex_id = work.openalex_id
    CROSS JOIN LATERAL (
        VALUES
        ('title', 'arxiv', true, true),
        ('abstract', 'arxiv', paper.abstract IS NOT NULL, work.abstract IS NOT NULL),
        ('work_type', 'openalex', paper.arxiv_id IS NOT NULL, work.work_type IS NOT NULL),
        ('publication_year', 'openalex', paper.first_submitted_at IS NOT NULL, work.publication_year IS NOT NULL),
        ('first_submitted_at', 'arxiv', paper.first_submitted_at IS NOT NULL, false),
        ('last_updated_at', 'arxiv', paper.last_updated_at IS NOT NULL, false),
        ('doi', 'arxiv', paper.doi IS NOT NULL, work.doi IS NOT NULL),
        ('primary_category', 'arxiv', paper.primary_category IS NOT NULL, false),
        ('venue', 'openalex', false, work.venue IS NOT NULL),
        ('journal_ref', 'arxiv', paper.journal_ref IS NOT NULL, false),
        ('comments', 'arxiv', paper.comments IS NOT NULL, false),
        ('submitter', 'arxiv', paper.submitter IS NOT NULL, false),
        ('report_no', 'arxiv', paper.report_no IS NOT NULL, false),
        ('is_open_access', 'arxiv', paper.arxiv_id IS NOT NULL, work.is_open_access IS NOT NULL),
        ('code_urls', 'arxiv', len(paper.code_urls) > 0, len(work.code_urls) > 0),
        ('dataset_urls', 'arxiv', len(paper.dataset_urls) > 0, len(work.dataset_urls) > 0),
        ('license', 'arxiv', paper.license IS NOT NULL, work.license IS NOT NULL),
        ('is_retracted', 'openalex', false, work.openalex_id IS NOT NULL),
        ('is_withdrawn', 'arxiv', paper.arxiv_id IS NOT NULL, false),
        ('cited_by_count', 'openalex', false, work.cited_by_count IS NOT NULL),
        ('byline', 'arxiv', len(coalesce(paper.byline, [])) > 0, len(coalesce(work.byline, [])) > 0)
    ) AS options (field, preferred, in_arxiv, in_openalex)
    CROSS JOIN LATERAL (
        SELECT
            options.field AS field,
            CASE
                WHEN options.preferred = 'arxiv' AND paper.arxiv_id IS NOT NULL AND options.in_arxiv THEN 'arxiv'
                WHEN work.openalex_id IS NOT NULL AND options.in_openalex THEN 'openalex'
                WHEN paper.arxiv_id IS NOT NULL AND options.in_arxiv THEN 'arxiv'
            END AS winner
    ) AS fields
)

SELECT
    work_id,
    field,
    CASE winner WHEN 'arxiv' THEN arxiv_door ELSE 'openalex_works' END AS source,
    CASE winner WHEN 'arxiv' THEN arxiv_record ELSE openalex_record END AS record_id,
    CASE winner WHEN 'arxiv' THEN arxiv_at ELSE openalex_at END AS fetched_at
FROM records
WHERE winner IS NOT NULL
UNION ALL
SELECT
    'arxiv:' || arxiv_id AS work_id,
    'categories' AS field,
    source,
    arxiv_id AS record_id,
    fetched_at
FROM arxiv_papers
WHERE len(categories) > 0
UNION ALL
SELECT
    works.work_id,
    fields.field,
    'openalex_works' AS source,
    work.openalex_id AS record_id,
    work.fetched_at
FROM staging.works AS works
SEMI JOIN touched USING (work_id)
INNER JOIN staging.openalex_works AS work ON works.openalex_id = work.openalex_id
CROSS JOIN LATERAL (
    VALUES
    ('openalex_id', true),
    ('topics', len(work.topics) > 0),
    ('references', len(work.referenced_works) > 0),
    ('openalex_author_id', len([name FOR name IN work.byline IF name.openalex_author_id IS NOT NULL]) > 0),
    ('orcid', len([name FOR name IN work.byline IF name.orcid IS NOT NULL]) > 0),
    ('raw_affiliation', len([name FOR name IN work.byline IF name.affiliation IS NOT NULL]) > 0),
    ('institutions', len([name FOR name IN work.byline IF len(name.institution_ids) > 0]) > 0)
) AS fields (field, is_told)
WHERE fields.is_told
