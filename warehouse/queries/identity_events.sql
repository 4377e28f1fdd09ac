-- Which authors did the last run merge, split or move mentions between?
-- One row is an event of the last run that changed who somebody is, with today's names.
-- shown = 100: rows at most
SELECT
    history.event,
    history.author_id,
    author.display_name,
    history.other_author_id,
    other.display_name AS other_name,
    history.mention_id,
    history.why
FROM resolved.author_history AS history
LEFT JOIN marts.authors AS author ON history.author_id = author.author_id
LEFT JOIN marts.authors AS other ON history.other_author_id = other.author_id
WHERE
    history.event IN ('merged', 'split', 'moved', 'retired')
    AND history.run_id = (SELECT arg_max(run_id, number) FROM resolved.resolutions)
ORDER BY history.event, history.author_id, history.other_author_id, history.mention_id
LIMIT $shown::BIGINT;
