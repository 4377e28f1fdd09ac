-- One row is a mention with its author and its name as the resolver read it: a digest of all it read (code), the block, and
-- a digest of family and first given name where that is written out; null for groups and placeholders, and for initials.
SELECT
    place.mention_id,
    split_part(place.mention_id, '#', 1) AS work_id,
    person.author_id,
    hash(place.block, place.first, place.tokens, place.middles) AS code,
    nullif(place.block, '') AS block,
    CASE
        WHEN place.block != '' AND length(place.first) > 1
            THEN hash(regexp_replace(place.block, '\|[^|]*$', ''), place.first)
    END AS written_out
FROM resolved.mention_places AS place
INNER JOIN resolved.author_mentions AS person USING (mention_id)
