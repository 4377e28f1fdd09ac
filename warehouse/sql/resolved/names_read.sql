-- One row is a name as the resolver read it, of those in `codes`: temporary table codes (code).
SELECT DISTINCT
    hash(block, first, tokens, middles) AS code,
    block,
    first,
    tokens,
    middles
FROM resolved.mention_places
WHERE hash(block, first, tokens, middles) IN (SELECT code FROM codes)
ORDER BY code
