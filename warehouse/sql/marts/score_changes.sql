-- One row is a component that changed an author's trust score. marts.authors still has the scores before. Temporary tables:
-- this_run (run_id), scores, points_before (author_id, component, points).
SELECT
    this_run.run_id,
    'author' AS entity,
    author_id AS entity_id,
    'score_changed' AS change,
    component AS part,
    format('Trust score {} to {}: {} from {:.2f} to {:.2f} points.', page.trust_score, scores.trust_score, component, before.points, now.points)
        AS detail,
    before.points AS points_before,
    now.points AS points_after
FROM marts.authors AS page
INNER JOIN scores USING (author_id)
INNER JOIN points_before AS before USING (author_id)
INNER JOIN marts.trust_reasons AS now USING (author_id, component)
CROSS JOIN this_run
ANTI JOIN marts.changes AS known
    ON
        known.run_id = this_run.run_id AND known.entity = 'author' AND known.entity_id = author_id
        AND known.change = 'score_changed' AND known.part = component
WHERE page.trust_score != scores.trust_score AND before.points != now.points
