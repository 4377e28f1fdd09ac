-- One row is the paper of this id. Parameter: id.
SELECT * FROM marts.papers WHERE work_id = $id
