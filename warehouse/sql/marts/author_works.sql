-- One row is a work of an author.
WITH places AS (
    SELECT
        resolved.author_id,
        mention.work_id,
        min(mention.position) AS position,
        arg_min(mention.mention_id, mention.position) AS mention_id,
        arg_min(mention.raw_name, mention.position) AS printed_name,
        max(resolved.probability) AS probability
    FROM resolved.author_mentions AS resolved
    INNER JOIN staging.mentions AS mention USING (mention_id)
    GROUP BY resolved.author_id, mention.work_id
)

SELECT
    places.*,
    work.title,
    work.work_type,
    coalesce(year(work.last_updated_at), work.publication_year) AS display_year,
    work.first_submitted_at,
    work.cited_by_count,
    work.byline_size
FROM places
INNER JOIN staging.works AS work USING (work_id)
