-- How many papers link to code or data?
-- One row is a primary category and a year, with the shares of its papers that do.
-- least_papers = 1: papers that a category must have in a year to be shown
SELECT
    primary_category,
    first_submitted_year,
    count(*) AS papers,
    round(avg(has_code::INTEGER), 3) AS with_code,
    round(avg(has_dataset::INTEGER), 3) AS with_data
FROM marts.papers
WHERE primary_category IS NOT NULL
GROUP BY primary_category, first_submitted_year
HAVING count(*) >= $least_papers::BIGINT
ORDER BY primary_category, first_submitted_year;
