-- One row is a mention as the trust score reads it; temporary table authorships.
SELECT
    mention_id,
    work_id,
    author_id,
    probability,
    given,
    orcid,
    mention_id IN (
        SELECT named.mention_id
        FROM staging.mention_institutions AS named
        INNER JOIN staging.institutions AS institution USING (institution_id)
        WHERE institution.ror IS NOT NULL
    ) AS has_ror_institution
FROM authorships
