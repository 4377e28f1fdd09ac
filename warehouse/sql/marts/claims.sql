-- One row is an author with the claim that stands; temporary table decided. A rejected claim takes all claims before it
-- with it; of the approved ones that are left the best proven stands, and without one the last decision.
WITH decisions AS (
    SELECT
        author_id,
        correction_id,
        kind,
        status,
        "at",
        regexp_extract(upper(coalesce(value, '')), '\d{4}-\d{4}-\d{4}-\d{3}[\dX]') AS orcid,
        lower(coalesce(value, '')) AS proof
    FROM decided
    WHERE author_id IS NOT NULL AND (kind = 'claim' AND status != 'withdrawn' OR kind = 'reject_claim' AND status = 'approved')
),

rejections AS (
    SELECT author_id, max("at") AS rejected_at
    FROM decisions
    WHERE kind = 'reject_claim'
    GROUP BY author_id
),

standing AS (
    SELECT
        *,
        CASE
            WHEN kind = 'reject_claim' OR status = 'rejected' THEN 'rejected'
            WHEN status = 'pending' THEN 'pending'
            WHEN orcid != '' OR proof IN ('orcid', 'orcid_authenticated') THEN 'orcid_authenticated'
            WHEN proof IN ('institutional_email', 'approved_email') THEN 'approved_email'
            ELSE 'approved'
        END AS claim
    FROM decisions
    LEFT JOIN rejections USING (author_id)
    WHERE kind = 'reject_claim' OR rejected_at IS NULL OR "at" > rejected_at
)

SELECT
    author_id,
    claim,
    [correction_id] AS claim_ids,
    CASE WHEN claim = 'orcid_authenticated' THEN nullif(orcid, '') END AS orcid
FROM standing
QUALIFY row_number() OVER (
    PARTITION BY author_id
    ORDER BY
        list_position(['approved', 'approved_email', 'orcid_authenticated'], claim) DESC NULLS LAST,
        "at" DESC,
        correction_id DESC
) = 1
