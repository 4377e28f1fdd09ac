-- One row is one of some printed names in small letters, with how often it is printed, and the smallest mention of a
-- person that bears it, the most printed first. SQL must see most_printed (name, mentions).
SELECT printed.name, any_value(printed.mentions) AS mentions, min(mention.mention_id) AS mention_id
FROM staging.mentions AS mention
INNER JOIN most_printed AS printed ON lower(trim(mention.raw_name)) = printed.name
WHERE mention.kind = 'person'
GROUP BY printed.name
ORDER BY mentions DESC, printed.name
