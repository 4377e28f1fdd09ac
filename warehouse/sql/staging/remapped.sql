-- One row is a reference whose cited record is part of another work than before, of one at last, or of none any more;
-- temporary table moved_records (record_id).
SELECT reference.work_id, reference.cited_record_id, reference.cited_work_id AS was, cited.work_id AS cited_work_id
FROM staging.work_references AS reference
SEMI JOIN moved_records ON reference.cited_record_id = moved_records.record_id
LEFT JOIN staging.work_records AS cited ON cited.record_id = reference.cited_record_id AND cited.source = 'openalex'
WHERE reference.cited_work_id IS DISTINCT FROM cited.work_id
