-- One row is an island that a change reaches: by its own mentions, by a tie, by an ORCID, by a decision, or because its
-- block is split from now on or no more. Temporary tables: changed_mentions, tied_mentions, turned_blocks (block),
-- decisions.
WITH reached AS (
    SELECT mention_id
    FROM changed_mentions
    UNION
    SELECT mention_id
    FROM tied_mentions
    UNION
    SELECT place.mention_id
    FROM resolved.mention_places AS place
    SEMI JOIN turned_blocks USING (block)
    UNION
    SELECT other.mention_id
    FROM staging.mentions AS other
    SEMI JOIN (
        SELECT mention.orcid FROM staging.mentions AS mention SEMI JOIN changed_mentions USING (mention_id)
    ) USING (orcid)
    UNION
    SELECT unnest([mention_id_l, mention_id_r])
    FROM decisions
    WHERE kind = 'same'
        AND (
            mention_id_l IN (SELECT mention_id FROM changed_mentions)
            OR mention_id_r IN (SELECT mention_id FROM changed_mentions)
        )
)

SELECT DISTINCT place.island
FROM resolved.mention_places AS place
SEMI JOIN reached USING (mention_id)
