-- Which fetches took long, or left pages that were never read?
-- One row is a fetch window, those with unread pages first, then the slowest.
-- shown = 50: rows at most
SELECT
    landed.source,
    landed.span,
    landed.pages,
    count(page.page_id) FILTER (WHERE loaded.page_id IS NULL) AS unread_pages,
    landed.received,
    coalesce(sum(loaded.rejected), 0)::BIGINT AS rejected,
    round(sum(page.size_bytes) / 1e6, 2) AS megabytes,
    epoch(landed.completed_at - min(page.fetched_at)) AS seconds,
    landed.completed_at
FROM raw.windows AS landed
LEFT JOIN raw.pages AS page USING (window_id)
LEFT JOIN staging.page_loads AS loaded USING (page_id)
GROUP BY landed.window_id, landed.source, landed.span, landed.pages, landed.received, landed.completed_at
ORDER BY unread_pages DESC, seconds DESC NULLS LAST, landed.window_id
LIMIT $shown::BIGINT;
