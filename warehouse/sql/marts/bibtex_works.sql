-- One row is a work as its BibTeX entry is written from it; temporary table touched. Parameters: first and last work.
SELECT work_id, title, publication_year, arxiv_id, primary_category, doi, venue, journal_ref
FROM staging.works
SEMI JOIN touched USING (work_id)
WHERE work_id BETWEEN $first AND $last
