-- Whose trust moved in the last run, and why?
-- One row is an author whose trust score changed, the greatest change first, with the components that changed it.
-- shown = 50: rows at most
WITH moved AS (
    SELECT
        entity_id AS author_id,
        sum(points_after - points_before) AS points,
        list(
            format('{} {:+.2f}', part, points_after - points_before)
            ORDER BY abs(points_after - points_before) DESC, part
        ) AS components
    FROM marts.changes
    WHERE
        change = 'score_changed'
        AND run_id = (SELECT arg_max(run_id, number) FROM resolved.resolutions)
    GROUP BY entity_id
)

SELECT
    author_id,
    author.display_name,
    author.trust_score AS score_now,
    round(moved.points, 2) AS points_moved,
    author.trust_tier,
    moved.components
FROM moved
INNER JOIN marts.authors AS author USING (author_id)
ORDER BY abs(moved.points) DESC, author_id
LIMIT $shown::BIGINT;
