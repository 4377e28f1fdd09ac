-- One row is a name of an author as the resolver read it: a digest of all it read (code), one of the block, and one of
-- family and first given name where that is written out; block and the last null for groups and placeholders, the last
-- also for initials. A block is the family and the first letter of the given name.
SELECT DISTINCT
    person.author_id,
    hash(place.block, place.first, place.tokens, place.middles) AS code,
    CASE WHEN place.block != '' THEN hash(place.block) END AS block,
    CASE WHEN place.block != '' AND length(place.first) > 1 THEN hash(place.block, place.first) END AS written_out
FROM resolved.mention_places AS place
INNER JOIN resolved.author_mentions AS person USING (mention_id)
