-- One row is an author one of whose names somebody asked to hide, whatever became of that; by the mention or the id that
-- the decision gives, also when the id was merged away.
SELECT person.author_id
FROM resolved.corrections AS decision
INNER JOIN resolved.author_mentions AS person ON decision.mention_id_l = person.mention_id
WHERE decision.kind = 'hide_name'
UNION
SELECT coalesce(redirect.author_id, decision.author_id)
FROM resolved.corrections AS decision
LEFT JOIN resolved.author_redirects AS redirect ON decision.author_id = redirect.old_author_id
WHERE decision.kind = 'hide_name' AND decision.author_id IS NOT NULL
ORDER BY ALL
