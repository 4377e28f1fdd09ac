-- One row is a paper of this work id, OpenAlex id or DOI. Parameters: work_id, openalex_id, doi; null asks for nothing.
SELECT work_id, title
FROM marts.papers
WHERE work_id = $work_id OR openalex_id = $openalex_id OR doi = $doi
ORDER BY work_id
