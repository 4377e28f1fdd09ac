-- Who cites whom, of the people loaded?
-- One row is an author and one whom works of that author cite, most citing works first; citations of oneself and of
-- joint works left out.
-- longest_byline = 20: bylines longer than this are left out, on either side
-- shown = 50: rows at most
WITH reference AS (
    SELECT DISTINCT work_id, cited_work_id
    FROM staging.work_references
    WHERE cited_work_id IS NOT NULL AND cited_work_id != work_id
)

SELECT
    citing.author_id,
    any_value(author.display_name) AS display_name,
    cited.author_id AS cited_author_id,
    any_value(cited_author.display_name) AS cited_name,
    count(DISTINCT reference.work_id) AS citing_works,
    count(DISTINCT reference.cited_work_id) AS cited_works
FROM reference
INNER JOIN marts.author_works AS citing ON reference.work_id = citing.work_id
INNER JOIN marts.author_works AS cited ON reference.cited_work_id = cited.work_id
INNER JOIN marts.authors AS author ON citing.author_id = author.author_id
INNER JOIN marts.authors AS cited_author ON cited.author_id = cited_author.author_id
ANTI JOIN marts.author_works AS own ON own.author_id = citing.author_id AND own.work_id = reference.cited_work_id
WHERE
    citing.byline_size <= $longest_byline::INTEGER
    AND cited.byline_size <= $longest_byline::INTEGER
    AND author.kind = 'person'
    AND cited_author.kind = 'person'
GROUP BY citing.author_id, cited.author_id
ORDER BY citing_works DESC, cited_works DESC, citing.author_id, cited.author_id
LIMIT $shown::BIGINT;
