-- One row is a work whose mentions have to be made again: a record of it was joined, or it went, since the step's last
-- build; temporary table this_build (last).
SELECT DISTINCT work_id
FROM staging.work_records
WHERE build > (SELECT last FROM this_build)
UNION
SELECT work_id
FROM staging.work_changes
WHERE build > (SELECT last FROM this_build) AND change = 'removed'
