-- One row is a mention that is here and that a decision about two mentions names. SQL sees: decisions.
SELECT mention_id
FROM staging.mentions
SEMI JOIN (SELECT unnest([mention_id_l, mention_id_r]) AS mention_id FROM decisions) USING (mention_id)
