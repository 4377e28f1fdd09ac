-- One row is a work one of whose records was joined, left or is known otherwise now; temporary tables went and
-- came, from the renewal of staging.work_records.
SELECT unnest([old.work_id, new.work_id]) AS work_id
FROM went AS old
FULL JOIN came AS new USING (source, record_id)
WHERE
    (old.work_id, old.method, old.is_primary, old.doi) IS DISTINCT FROM (new.work_id, new.method, new.is_primary, new.doi)
