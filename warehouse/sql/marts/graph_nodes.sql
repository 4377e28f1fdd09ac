-- One row is a paper, person, topic or institution.
SELECT work_id AS node_id, 'paper' AS kind, title AS label, display_year AS year, cited_by_count AS size
FROM marts.papers
UNION ALL
SELECT author_id, 'person', display_name, last_year, works_count
FROM marts.authors
UNION ALL
SELECT topic_id, 'topic', topic_name, NULL, works_count
FROM marts.topics
UNION ALL
SELECT institution_id, 'institution', display_name, NULL, NULL
FROM staging.institutions
