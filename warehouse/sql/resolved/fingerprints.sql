-- One row is a mention and a digest of all that the resolver reads of it, of its work and of the decisions that name
-- it: every column that mentions.sql and works.sql read. Parts that come in any order are added up. Texts are digested by
-- MD5: DuckDB's own hash gives one digest to texts in which two letters change alike, as in arxiv:1711.02726#2 and
-- arxiv:1911.02728#2. Temporary tables: looked_at (work_id), decisions.
WITH bylines AS (
    SELECT work_id, bit_xor(hash(hash(position, md5_number_lower(raw_name)))) AS digest
    FROM staging.mentions
    SEMI JOIN looked_at USING (work_id)
    GROUP BY work_id
),

categories AS (
    SELECT work_id, bit_xor(hash(hash(md5_number_lower(topic_id), is_primary))) AS digest
    FROM staging.work_topics
    SEMI JOIN looked_at USING (work_id)
    WHERE scheme = 'arxiv'
    GROUP BY work_id
),

citations AS (
    SELECT work_id, bit_xor(md5_number_lower(cited_record_id)) AS digest
    FROM staging.work_references
    SEMI JOIN looked_at USING (work_id)
    GROUP BY work_id
),

works AS (
    SELECT
        work.work_id,
        hash(
            md5_number_lower(work.title),
            md5_number_lower(work.abstract),
            coalesce(year(work.first_submitted_at), work.publication_year),
            md5_number_lower(coalesce(work.venue, work.journal_ref)),
            bylines.digest,
            md5_number_lower(record.keywords::VARCHAR),
            categories.digest,
            citations.digest
        ) AS digest
    FROM staging.works AS work
    INNER JOIN bylines USING (work_id)
    LEFT JOIN categories USING (work_id)
    LEFT JOIN citations USING (work_id)
    LEFT JOIN staging.openalex_works AS record ON work.openalex_id = record.openalex_id
),

decided AS (
    SELECT mention_id_l AS mention_id, mention_id_r AS other, kind
    FROM decisions
    UNION
    SELECT mention_id_r, mention_id_l, kind
    FROM decisions
),

decisions_of AS (
    SELECT mention_id, bit_xor(hash(hash(md5_number_lower(other), kind))) AS digest
    FROM decided
    GROUP BY mention_id
)

SELECT
    mention.mention_id,
    -- 63 bits, which a signed number holds.
    (
        hash(
            md5_number_lower(mention.work_id),
            mention.position,
            md5_number_lower(mention.raw_name),
            md5_number_lower(mention.given),
            md5_number_lower(mention.family),
            md5_number_lower(mention.raw_affiliation),
            mention.orcid,
            works.digest,
            decisions_of.digest
        ) >> 1
    )::BIGINT AS fingerprint
FROM staging.mentions AS mention
INNER JOIN works USING (work_id)
LEFT JOIN decisions_of USING (mention_id)
