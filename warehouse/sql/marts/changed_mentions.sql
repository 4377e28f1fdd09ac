-- One row is a mention whose author or probability is another than marts.author_works knows: as it is now (is_now), or as it
-- is known there. Where an author stands twice on a work, only one of the mentions is known there.
WITH now AS NOT MATERIALIZED (
    SELECT
        mention_id,
        author_id,
        -- In parts: DuckDB gives two ids one digest where what differs eight bytes apart cancels out.
        hash(left(mention_id, 12), substr(mention_id, 13), author_id, probability) AS digest
    FROM resolved.author_mentions
),

known AS NOT MATERIALIZED (
    SELECT
        mention_id,
        author_id,
        work_id,
        hash(left(mention_id, 12), substr(mention_id, 13), author_id, probability) AS digest
    FROM marts.author_works
),

-- What stands on both sides cancels out, so that few rows of millions have to be joined.
buckets AS (
    SELECT digest % 262144::UBIGINT AS bucket
    FROM (SELECT digest FROM now UNION ALL SELECT digest FROM known)
    GROUP BY bucket
    HAVING bit_xor(hash(digest)) != 0
),

other_now AS (
    SELECT * FROM now WHERE digest % 262144::UBIGINT IN (SELECT bucket FROM buckets)
),

other_known AS (
    SELECT * FROM known WHERE digest % 262144::UBIGINT IN (SELECT bucket FROM buckets)
)

SELECT mention_id, author_id, split_part(mention_id, '#', 1) AS work_id, true AS is_now
FROM other_now
ANTI JOIN other_known USING (digest)
UNION ALL
SELECT mention_id, author_id, work_id, false AS is_now
FROM other_known
ANTI JOIN other_now USING (digest)
