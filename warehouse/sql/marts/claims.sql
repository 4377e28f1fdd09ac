-- One row is an author with the claim that stands: the last decision about each claim, approved before pending.
SELECT
    author_id,
    CASE
        WHEN kind = 'reject_claim' OR status = 'rejected' THEN 'rejected'
        WHEN status = 'pending' THEN 'pending'
        WHEN value IN ('orcid_authenticated', 'approved_email') THEN value
        ELSE 'approved'
    END AS claim,
    [correction_id] AS claim_ids
FROM resolved.corrections
WHERE kind IN ('claim', 'reject_claim') AND author_id IS NOT NULL AND status != 'withdrawn'
QUALIFY row_number() OVER (PARTITION BY author_id ORDER BY "at" DESC, correction_id DESC) = 1
