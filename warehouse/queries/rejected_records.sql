-- Which rules do rejected records break?
-- One row is a source and a rule, the most frequent first, with an example.
SELECT
    source,
    rule,
    count(*) AS records,
    count(DISTINCT page_id) AS pages,
    min(record_id) AS example,
    arg_min(detail, record_id) AS detail,
    max(rejected_at) AS last_at
FROM staging.rejected
GROUP BY source, rule
ORDER BY records DESC, source, rule;
