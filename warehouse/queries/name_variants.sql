-- Under which names is somebody printed?
-- One row is a printed form of an author's name, the most frequent first; of people of one name the one with
-- most works first.
-- author: a name as printed, in any case, or an author id
SELECT
    author_id,
    mention.raw_name AS printed_name,
    count(*) AS works,
    min(year(work.first_submitted_at)) AS first_year,
    max(year(work.first_submitted_at)) AS last_year,
    min(work.work_id) AS example,
    min(resolved.probability) AS least_probability
FROM resolved.author_mentions AS resolved
SEMI JOIN (FROM marts.author_names WHERE name = lower($author)) AS person USING (author_id)
INNER JOIN staging.mentions AS mention USING (mention_id)
INNER JOIN staging.works AS work USING (work_id)
GROUP BY author_id, mention.raw_name
ORDER BY sum(count(*)) OVER (PARTITION BY author_id) DESC, author_id, works DESC, printed_name;
