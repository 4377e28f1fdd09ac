-- How are people spread over the tiers of trust, and what could be had more?
-- One row is a tier and a verification level, with its people and their mean score beside the ceiling of the sources.
SELECT
    trust_tier,
    verification_level,
    count(*) AS authors,
    round(avg(trust_score), 1) AS mean_score,
    round(avg(score_ceiling), 1) AS mean_ceiling,
    round(avg(works_count), 1) AS mean_works,
    count(*) FILTER (WHERE orcid IS NOT NULL) AS with_orcid,
    count(*) FILTER (WHERE affiliation_status = 'found') AS with_affiliation
FROM marts.authors
WHERE kind = 'person'
GROUP BY trust_tier, verification_level
ORDER BY mean_score DESC, trust_tier, verification_level;
