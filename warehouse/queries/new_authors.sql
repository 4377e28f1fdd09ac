-- How many people appear for the first time each month?
-- One row is a month of first submission, with the authors whose first work falls in it.
WITH firsts AS (
    SELECT work.author_id, min(date_trunc('month', work.first_submitted_at))::DATE AS in_month
    FROM marts.author_works AS work
    INNER JOIN marts.authors AS author USING (author_id)
    WHERE author.kind = 'person' AND work.first_submitted_at IS NOT NULL
    GROUP BY work.author_id
),

active AS (
    SELECT
        date_trunc('month', first_submitted_at)::DATE AS in_month,
        count(DISTINCT work_id) AS works,
        count(DISTINCT author_id) AS authors
    FROM marts.author_works
    WHERE first_submitted_at IS NOT NULL
    GROUP BY in_month
)

SELECT
    in_month,
    count(firsts.author_id) AS new_authors,
    active.authors AS active_authors,
    active.works,
    sum(count(firsts.author_id)) OVER (ORDER BY in_month)::BIGINT AS authors_so_far
FROM active
LEFT JOIN firsts USING (in_month)
GROUP BY in_month, active.authors, active.works
ORDER BY in_month;
