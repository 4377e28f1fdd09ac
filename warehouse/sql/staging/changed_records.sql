-- One row is a source record that came, went or was read again since it was joined; temporary table record_pages.
SELECT source, record_id
FROM record_pages AS now
FULL JOIN staging.work_records AS joined USING (source, record_id)
WHERE now.pages IS DISTINCT FROM joined.pages
