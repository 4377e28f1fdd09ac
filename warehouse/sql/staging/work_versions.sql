-- One row is an arXiv version of a work; temporary table touched.
SELECT work.work_id, version.version, version.submitted_at, version.size_bytes
FROM staging.arxiv_versions AS version
INNER JOIN staging.works AS work USING (arxiv_id)
SEMI JOIN touched USING (work_id)
