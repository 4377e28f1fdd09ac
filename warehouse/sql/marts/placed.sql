-- One row is a mention with an institution that ROR knows.
SELECT DISTINCT mention_id
FROM staging.mention_institutions
INNER JOIN staging.institutions AS institution USING (institution_id)
WHERE institution.ror IS NOT NULL
