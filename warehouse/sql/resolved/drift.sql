-- One row is a figure's change since the last run that was measured. Parameter: run_id.
WITH numbered AS (
    SELECT run_id, value AS number FROM resolved.quality WHERE gold_set = 'self' AND metric = 'run_number'
),

last_run AS (
    SELECT run_id FROM numbered WHERE run_id != $run_id ORDER BY number DESC, run_id DESC LIMIT 1
)

SELECT now.run_id, now.gold_set, 'drift' AS slice, now.metric, now.value - last.value AS value
FROM resolved.quality AS now
INNER JOIN resolved.quality AS last USING (gold_set, slice, metric)
INNER JOIN last_run ON last.run_id = last_run.run_id
WHERE now.run_id = $run_id AND now.slice = 'all' AND now.metric != 'run_number'
ORDER BY ALL
