-- One row is an OpenAlex record and an arXiv paper that share an identifier, once a method; temporary tables arxiv_papers,
-- rejoined.
SELECT work.openalex_id, paper.arxiv_id, 'published_doi' AS method
FROM staging.openalex_works AS work
SEMI JOIN rejoined USING (openalex_id)
INNER JOIN arxiv_papers AS paper ON work.doi = paper.doi
UNION ALL
SELECT work.openalex_id, paper.arxiv_id, 'arxiv_doi' AS method
FROM staging.openalex_works AS work
SEMI JOIN rejoined USING (openalex_id)
INNER JOIN arxiv_papers AS paper ON work.doi = '10.48550/arxiv.' || lower(paper.arxiv_id)
UNION ALL
SELECT work.openalex_id, paper.arxiv_id, 'location' AS method
FROM staging.openalex_works AS work
SEMI JOIN rejoined USING (openalex_id)
INNER JOIN arxiv_papers AS paper ON work.arxiv_id = paper.arxiv_id
