-- One row is a title or abstract of a paper in another language, those of records first. Parameter: id.
SELECT * FROM marts.paper_texts WHERE work_id = $id ORDER BY is_machine, language, kind, source
