-- One row is a name that a source record of an author's works prints, or a profile that a mention is in; mention_id is
-- the author's mention beside it. Parameter: author_id.
WITH mentions AS (
    SELECT mention_id, mention.work_id, mention.openalex_author_id
    FROM resolved.author_mentions
    INNER JOIN staging.mentions AS mention USING (mention_id)
    WHERE author_id = $author_id
),

records AS (
    SELECT mentions.mention_id, record.record_id
    FROM mentions
    INNER JOIN staging.work_records AS record USING (work_id)
),

printed AS (
    SELECT records.mention_id, [name.raw_name FOR name IN paper.byline] || [paper.submitter] AS names
    FROM records
    INNER JOIN staging.arxiv_records AS paper ON paper.arxiv_id = records.record_id
    UNION ALL
    SELECT records.mention_id, [name.raw_name FOR name IN work.byline] AS names
    FROM records
    INNER JOIN staging.openalex_works AS work ON work.openalex_id = records.record_id
    UNION ALL
    SELECT mentions.mention_id, [profile.display_name] || profile.name_alternatives AS names
    FROM mentions
    INNER JOIN staging.openalex_authors AS profile USING (openalex_author_id)
)

SELECT DISTINCT mention_id, raw_name
FROM (SELECT mention_id, unnest(names) AS raw_name FROM printed)
WHERE raw_name IS NOT NULL
ORDER BY mention_id, raw_name
