-- One row is a paper page; temporary tables entries (work_id, bibtex), paged (work_id).
WITH bylines AS (
    SELECT
        mention.work_id,
        list(
            {author_id: resolved.author_id, name: coalesce(shown.raw_name, mention.raw_name), position: mention.position}
            ORDER BY mention.position
        ) AS authors
    FROM staging.mentions AS mention
    SEMI JOIN paged USING (work_id)
    LEFT JOIN resolved.author_mentions AS resolved USING (mention_id)
    LEFT JOIN resolved.shown_names AS shown USING (mention_id)
    GROUP BY mention.work_id
),

versions AS (
    SELECT
        work_id,
        list({version: version, submitted_at: submitted_at, size_bytes: size_bytes} ORDER BY version) AS versions
    FROM staging.work_versions
    SEMI JOIN paged USING (work_id)
    GROUP BY work_id
),

topics AS (
    SELECT
        work_id,
        list(
            {scheme: scheme, topic_id: topic_id, topic_name: topic_name, is_primary: is_primary}
            ORDER BY scheme, is_primary DESC, topic_id
        ) AS topics
    FROM staging.work_topics
    SEMI JOIN paged USING (work_id)
    GROUP BY work_id
),

named AS (
    SELECT mention.work_id, place.institution_id, count(*) AS authors_count
    FROM staging.mention_institutions AS place
    INNER JOIN staging.mentions AS mention USING (mention_id)
    SEMI JOIN paged USING (work_id)
    GROUP BY mention.work_id, place.institution_id
),

institutions AS (
    SELECT
        work_id,
        list(
            {institution_id: institution_id, display_name: place.display_name, authors_count: authors_count}
            ORDER BY authors_count DESC, institution_id
        ) AS institutions
    FROM named
    LEFT JOIN staging.institutions AS place USING (institution_id)
    GROUP BY work_id
)

SELECT
    work.*,
    coalesce(year(work.last_updated_at), work.publication_year) AS display_year,
    coalesce(year(work.first_submitted_at), work.publication_year) AS first_submitted_year,
    list_filter(
        [
            CASE WHEN work.arxiv_id IS NOT NULL THEN 'arXiv' END,
            CASE WHEN work.has_openalex THEN 'OpenAlex' END
        ],
        lambda source: source IS NOT NULL
    ) AS sources,
    coalesce(bylines.authors, []) AS authors,
    coalesce(versions.versions, []) AS versions,
    coalesce(topics.topics, []) AS topics,
    coalesce(len(institutions.institutions), 0) AS institutions_count,
    coalesce(institutions.institutions, []) AS institutions,
    len(work.code_urls) > 0 AS has_code,
    len(work.dataset_urls) > 0 AS has_dataset,
    entries.bibtex
FROM staging.works AS work
SEMI JOIN paged USING (work_id)
INNER JOIN entries USING (work_id)
LEFT JOIN bylines USING (work_id)
LEFT JOIN versions USING (work_id)
LEFT JOIN topics USING (work_id)
LEFT JOIN institutions USING (work_id)
