-- One row is an id that was ever minted, its founder and the number of the run.
SELECT event.author_id, event.mention_id, coalesce(min(resolution.number), 0) AS turn
FROM resolved.author_history AS event
LEFT JOIN resolved.resolutions AS resolution USING (run_id)
WHERE event.event = 'minted'
GROUP BY event.author_id, event.mention_id
