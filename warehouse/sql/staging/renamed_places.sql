-- One row is a mention with an institution that is known otherwise now; temporary tables went and came, from the
-- renewal of staging.institutions.
SELECT mention_id
FROM staging.mention_institutions
WHERE institution_id IN (SELECT institution_id FROM went UNION SELECT institution_id FROM came)
