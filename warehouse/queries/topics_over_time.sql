-- Which subjects grow?
-- One row is a subject and a year, with its works and their share of the year, for the subjects with most works.
-- scheme = arxiv: arxiv (categories) or openalex (topics)
-- subjects = 10: subjects at most
WITH topical AS (
    SELECT topic.topic_name, coalesce(year(work.first_submitted_at), work.publication_year) AS in_year, work.work_id
    FROM staging.work_topics AS topic
    INNER JOIN staging.works AS work USING (work_id)
    WHERE topic.scheme = $scheme
),

largest AS (
    SELECT topic_name
    FROM topical
    GROUP BY topic_name
    ORDER BY count(DISTINCT work_id) DESC, topic_name
    LIMIT $subjects::BIGINT
),

years AS (
    SELECT in_year, count(DISTINCT work_id) AS works
    FROM topical
    GROUP BY in_year
)

SELECT
    topical.topic_name,
    in_year,
    count(DISTINCT topical.work_id) AS works,
    round(count(DISTINCT topical.work_id) / years.works, 3) AS share_of_year
FROM topical
SEMI JOIN largest USING (topic_name)
INNER JOIN years USING (in_year)
GROUP BY topical.topic_name, in_year, years.works
ORDER BY topical.topic_name, in_year;
