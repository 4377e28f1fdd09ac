-- Where do ORCID iDs contradict each other?
-- One row is a contradiction: an author whose works assert several iDs, or a record of OpenAlex with one iD on two
-- names, which counts for neither.
WITH asserted AS (
    SELECT resolved.author_id, mention.work_id, mention.orcid, mention.raw_name
    FROM staging.mentions AS mention
    INNER JOIN resolved.author_mentions AS resolved USING (mention_id)
    WHERE mention.orcid IS NOT NULL
),

stamped AS (
    SELECT openalex_id, name.orcid AS orcid, name.raw_name AS raw_name
    FROM staging.openalex_works, unnest(byline) AS names (name)
)

SELECT
    'several iDs of one author' AS conflict,
    author_id AS subject,
    list(DISTINCT orcid ORDER BY orcid) AS orcids,
    list(DISTINCT raw_name ORDER BY raw_name) AS names,
    count(DISTINCT work_id) AS works
FROM asserted
GROUP BY author_id
HAVING count(DISTINCT orcid) > 1
UNION ALL
SELECT 'one iD of two names', openalex_id, [orcid], list(raw_name ORDER BY raw_name), 1
FROM stamped
WHERE orcid IS NOT NULL
GROUP BY openalex_id, orcid
HAVING count(*) > 1
ORDER BY ALL;
