-- One row is a number of collaborators, with the people who have so many.
SELECT collaborators_count, count(*) AS people
FROM marts.authors
WHERE kind = 'person'
GROUP BY collaborators_count
ORDER BY collaborators_count
