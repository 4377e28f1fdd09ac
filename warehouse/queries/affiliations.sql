-- Where has somebody worked over time?
-- One row is a place of an author, by the affiliations on the works, with the years in which works name it.
-- author: a name as printed, in any case, or an author id
WITH places AS (
    SELECT
        resolved.author_id,
        coalesce(institution.display_name, mention.raw_affiliation) AS place,
        institution.country_code,
        coalesce(year(work.first_submitted_at), work.publication_year) AS in_year,
        mention.work_id
    FROM resolved.author_mentions AS resolved
    SEMI JOIN (FROM marts.author_names WHERE name = lower($author)) AS person USING (author_id)
    INNER JOIN staging.mentions AS mention USING (mention_id)
    INNER JOIN staging.works AS work USING (work_id)
    LEFT JOIN staging.mention_institutions AS named USING (mention_id)
    LEFT JOIN staging.institutions AS institution USING (institution_id)
)

SELECT
    author_id,
    place,
    country_code,
    min(in_year) AS first_year,
    max(in_year) AS last_year,
    count(DISTINCT work_id) AS works
FROM places
WHERE place IS NOT NULL
GROUP BY author_id, place, country_code
ORDER BY author_id, first_year, last_year, place, country_code;
