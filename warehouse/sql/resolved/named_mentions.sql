-- One row is a mention with its author, its name's row in `names` and its block; null for groups and placeholders.
SELECT
    mention.mention_id,
    mention.work_id,
    person.author_id,
    name.code,
    name.block,
    name.written_out
FROM staging.mentions AS mention
INNER JOIN resolved.author_mentions AS person USING (mention_id)
INNER JOIN names AS name
    ON
        mention.raw_name = name.name
        AND mention.given IS NOT DISTINCT FROM name.given
        AND mention.family IS NOT DISTINCT FROM name.family
