-- One row is a paper as a list shows it. Parameter: ids, written out one by one.
SELECT work_id, title, work_type, display_year, cited_by_count, byline_size, is_withdrawn, is_retracted
FROM marts.papers
WHERE work_id IN ($ids)
