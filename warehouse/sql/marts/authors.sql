-- One row is an author's page; temporary tables renewed, authorships, display_names, loaded, leading_orcids, claims, scores.
WITH works AS (
    SELECT
        author_id,
        count(*) AS works_count,
        sum(cited_by_count) AS cited_by_count
    FROM marts.author_works
    SEMI JOIN renewed USING (author_id)
    GROUP BY author_id
),

years AS (
    SELECT author_id, min(year) AS first_year, max(year) AS last_year
    FROM authorships
    GROUP BY author_id
),

topics AS (
    SELECT author_id, count(DISTINCT topic_name) AS topics_count
    FROM marts.author_works
    SEMI JOIN renewed USING (author_id)
    INNER JOIN staging.work_topics USING (work_id)
    GROUP BY author_id
),

ties AS (
    SELECT author_id, count(*) AS collaborators_count, count(*) FILTER (WHERE is_close) AS close_collaborators_count
    FROM marts.collaborators
    SEMI JOIN renewed USING (author_id)
    GROUP BY author_id
),

institutions AS (
    SELECT mention_id, min(display_name) AS institution
    FROM staging.mention_institutions
    SEMI JOIN authorships USING (mention_id)
    INNER JOIN staging.institutions USING (institution_id)
    WHERE display_name IS NOT NULL
    GROUP BY mention_id
),

affiliations AS (
    SELECT
        author_id,
        -- A null in a pair counts as the greatest: a work without a date comes first instead.
        arg_max(
            coalesce(institution, raw_affiliation),
            (coalesce(first_submitted_at, make_timestamptz(coalesce(year, 1), 1, 1, 0, 0, 0)), mention_id)
        ) AS affiliation
    FROM authorships
    LEFT JOIN institutions USING (mention_id)
    WHERE coalesce(institution, raw_affiliation) IS NOT NULL
    GROUP BY author_id
)

SELECT
    loaded.author_id,
    name.display_name,
    name.name_variants,
    loaded.kind,
    leading_orcids.orcid,
    affiliations.affiliation,
    CASE
        WHEN affiliations.affiliation IS NOT NULL THEN 'found'
        WHEN loaded.has_affiliations THEN 'none'
        ELSE 'not_loaded'
    END AS affiliation_status,
    works.works_count,
    coalesce(topics.topics_count, 0) AS topics_count,
    coalesce(ties.collaborators_count, 0) AS collaborators_count,
    coalesce(ties.close_collaborators_count, 0) AS close_collaborators_count,
    works.cited_by_count,
    years.first_year,
    years.last_year,
    coalesce(claims.claim, 'none') AS claim_status,
    scores.trust_score,
    scores.trust_tier,
    scores.verification_level,
    scores.score_ceiling,
    scores.model_version
FROM loaded
INNER JOIN display_names AS name USING (author_id)
INNER JOIN works USING (author_id)
INNER JOIN years USING (author_id)
INNER JOIN scores USING (author_id)
LEFT JOIN topics USING (author_id)
LEFT JOIN ties USING (author_id)
LEFT JOIN affiliations USING (author_id)
LEFT JOIN leading_orcids USING (author_id)
LEFT JOIN claims USING (author_id)
