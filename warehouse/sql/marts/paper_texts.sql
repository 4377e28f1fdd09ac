-- One row is a title or abstract of a paper in another language than the one that its page has.
SELECT work_id, language, kind, text, source, is_machine, translated_from
FROM staging.work_texts
