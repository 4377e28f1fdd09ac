-- Did the last run get better or worse?
-- One row is a figure of quality in the last run beside the run before it: scores before counts, and of
-- each the greatest change for its size first.
WITH numbered AS (
    SELECT run_id, value AS number FROM resolved.quality WHERE metric = 'run_number'
),

ranked AS (
    SELECT quality.*, dense_rank() OVER (ORDER BY numbered.number DESC) AS runs_ago
    FROM resolved.quality AS quality
    INNER JOIN numbered USING (run_id)
    WHERE quality.slice != 'drift' AND quality.metric != 'run_number'
)

SELECT
    gold_set,
    slice,
    metric,
    max(value) FILTER (WHERE runs_ago = 1) AS last_run,
    max(value) FILTER (WHERE runs_ago = 2) AS run_before,
    last_run - run_before AS change
FROM ranked
WHERE runs_ago <= 2
GROUP BY gold_set, slice, metric
ORDER BY
    gold_set = 'self',
    abs(change) / nullif(greatest(abs(last_run), abs(run_before)), 0) DESC NULLS LAST,
    gold_set, slice, metric;
