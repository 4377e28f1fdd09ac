-- What holds identities together?
-- One row is a kind of evidence, with how many links it speaks for and against and its mean bits where it speaks.
WITH bits AS (
    UNPIVOT (SELECT COLUMNS('.*_weight$') FROM resolved.links) ON COLUMNS(* EXCLUDE (match_weight, prior_weight))
    INTO NAME comparison VALUE weight
)

SELECT
    replace(comparison, '_weight', '') AS comparison,
    count(*) FILTER (WHERE weight > 0) AS links_for,
    count(*) FILTER (WHERE weight < 0) AS links_against,
    round(avg(weight) FILTER (WHERE weight != 0), 2) AS mean_bits
FROM bits
GROUP BY comparison
ORDER BY links_for DESC, comparison;
