-- One row is a work near which other people may be now: who wrote it changed, or an author's ties did; temporary tables
-- reauthored (work_id), retied (author_id).
SELECT work_id FROM reauthored
UNION
SELECT work_id FROM marts.author_works SEMI JOIN retied USING (author_id)
