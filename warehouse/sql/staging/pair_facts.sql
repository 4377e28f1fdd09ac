-- One row is a candidate pair with what its agreement is judged by; temporary tables pairs, arxiv_papers.
SELECT
    pairs.openalex_id,
    pairs.arxiv_id,
    pairs.method,
    work.title AS title_l,
    paper.title AS title_r,
    [lower(strip_accents(name.family)) FOR name IN work.byline IF name.family IS NOT NULL] AS families_l,
    [lower(strip_accents(name.family)) FOR name IN paper.byline IF name.family IS NOT NULL] AS families_r
FROM pairs
INNER JOIN staging.openalex_works AS work ON pairs.openalex_id = work.openalex_id
INNER JOIN arxiv_papers AS paper ON pairs.arxiv_id = paper.arxiv_id
ORDER BY ALL
