-- One row is a work and a digest of all by which it is related to others; temporary table related_citations.
WITH citations AS (
    SELECT work_id, bit_xor(hash(reference)) AS digest
    FROM related_citations
    GROUP BY work_id
)

-- 63 bits, which a signed number holds.
SELECT work_id, (hash(work.title, work.abstract, citations.digest) >> 1)::BIGINT AS fingerprint
FROM staging.works AS work
LEFT JOIN citations USING (work_id)
