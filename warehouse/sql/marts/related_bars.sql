-- One row is a work and what it asked of the papers in its list, nulls where it has no list yet.
SELECT work.work_id, last.terms_bar, last.references_bar
FROM staging.works AS work
LEFT JOIN marts.related_works AS last USING (work_id)
ORDER BY work.work_id
