-- Which works of somebody are least sure to be theirs?
-- One row is a mention of an author, the least sure first, with its strongest link.
-- author: a name as printed, in any case, or an author id
-- shown = 20: rows at most
WITH link AS (
    SELECT mention_id_l AS mention_id, match_weight, decided_by FROM resolved.links
    UNION ALL
    SELECT mention_id_r, match_weight, decided_by FROM resolved.links
)

SELECT
    author_id,
    resolved.probability,
    mention.raw_name AS printed_name,
    work.title,
    mention_id,
    max(link.match_weight) AS strongest_link,
    arg_max(link.decided_by, link.match_weight) AS decided_by
FROM resolved.author_mentions AS resolved
SEMI JOIN (FROM marts.author_names WHERE name = lower($author)) AS person USING (author_id)
INNER JOIN staging.mentions AS mention USING (mention_id)
INNER JOIN staging.works AS work USING (work_id)
LEFT JOIN link USING (mention_id)
GROUP BY author_id, resolved.probability, mention.raw_name, work.title, mention_id
ORDER BY resolved.probability, mention_id
LIMIT $shown::BIGINT;
