-- One row is a work near which other people may be now: who wrote it changed, or close ties of one of its first 20 authors
-- did; temporary tables reauthored (work_id), retied (author_id).
SELECT work_id FROM reauthored
UNION
SELECT work_id FROM marts.author_works SEMI JOIN retied USING (author_id) WHERE position <= 20
