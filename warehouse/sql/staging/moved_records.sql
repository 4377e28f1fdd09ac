-- One row is an OpenAlex record that is part of another work than before, of one for the first time, or gone; temporary
-- tables went and came, from the renewal of staging.work_records.
SELECT record_id
FROM went AS old
FULL JOIN came AS new USING (source, record_id)
WHERE source = 'openalex' AND old.work_id IS DISTINCT FROM new.work_id
