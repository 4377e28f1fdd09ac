-- One row is a work that may have changed since the people were last resolved, by itself or by a decision about one of
-- its mentions; temporary table this_build (last).
SELECT work_id FROM staging.work_records WHERE build > (SELECT last FROM this_build)
UNION
SELECT work_id FROM staging.work_changes WHERE build > (SELECT last FROM this_build)
UNION
SELECT split_part(unnest([mention_id_l, mention_id_r]), '#', 1)
FROM resolved.corrections
WHERE kind IN ('same', 'different')
