-- One row is a work whose list was made, as the next run needs it; temporary tables related_fingerprints, last_works,
-- bars (of the lists made).
SELECT
    work_id,
    now.fingerprint,
    bars.terms_bar,
    bars.references_bar,
    $is_whole OR coalesce(last.is_counted, false) AS is_counted,
    $is_whole AS is_in_order
FROM bars
INNER JOIN related_fingerprints AS now USING (work_id)
LEFT JOIN last_works AS last USING (work_id)
