-- How many people appear for the first time each month?
-- One row is a month of first submission, with the people whose first work falls in it, all who are on its works, and
-- its works.
WITH active AS (
    SELECT DISTINCT work.author_id, date_trunc('month', work.first_submitted_at)::DATE AS in_month
    FROM marts.author_works AS work
    INNER JOIN marts.authors AS author USING (author_id)
    WHERE author.kind = 'person' AND work.first_submitted_at IS NOT NULL
),

firsts AS (
    SELECT in_month, count(*) AS new_authors
    FROM (SELECT min(in_month) AS in_month FROM active GROUP BY author_id)
    GROUP BY in_month
),

actives AS (
    SELECT in_month, count(*) AS active_authors
    FROM active
    GROUP BY in_month
),

works AS (
    SELECT date_trunc('month', first_submitted_at)::DATE AS in_month, count(*) AS works
    FROM staging.works
    WHERE first_submitted_at IS NOT NULL
    GROUP BY in_month
)

SELECT
    in_month,
    coalesce(firsts.new_authors, 0) AS new_authors,
    coalesce(actives.active_authors, 0) AS active_authors,
    works.works,
    sum(coalesce(firsts.new_authors, 0)) OVER (ORDER BY in_month)::BIGINT AS authors_so_far
FROM works
LEFT JOIN firsts USING (in_month)
LEFT JOIN actives USING (in_month)
ORDER BY in_month;
