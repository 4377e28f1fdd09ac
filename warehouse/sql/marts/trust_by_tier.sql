-- One row is a trust tier and a score, with the people who have it.
SELECT trust_tier, trust_score, count(*) AS people
FROM marts.authors
WHERE kind = 'person'
GROUP BY trust_tier, trust_score
ORDER BY trust_tier, trust_score
