-- One row is two names that mentions of one author in one block bear, as digests. Temporary table: author_names.
SELECT DISTINCT name_l.code, name_r.code AS code_r
FROM author_names AS name_l
INNER JOIN author_names AS name_r USING (author_id, block)
WHERE name_l.code < name_r.code
ORDER BY ALL
