-- One row is one of the most printed names that were taken for a person's, in small letters, with how often it is
-- printed, the most printed first. Parameters: rank, least.
WITH printed AS (
    SELECT raw_name, count(*) AS mentions
    FROM staging.mentions
    WHERE kind = 'person'
    GROUP BY raw_name
)

SELECT lower(trim(raw_name)) AS name, sum(mentions)::BIGINT AS mentions
FROM printed
GROUP BY ALL
HAVING sum(mentions) >= $least
ORDER BY mentions DESC, name
LIMIT $rank
