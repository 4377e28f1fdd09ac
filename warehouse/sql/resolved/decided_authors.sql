-- One row is a decision about an author, with the author it is about today: whoever holds the mention it was anchored
-- to, else the author its id leads to; null when both are gone.
SELECT
    correction.* REPLACE (coalesce(holder.author_id, redirect.author_id, living.author_id) AS author_id)
FROM resolved.corrections AS correction
LEFT JOIN resolved.author_mentions AS holder ON holder.mention_id = correction.mention_id_l
LEFT JOIN resolved.author_redirects AS redirect ON redirect.old_author_id = correction.author_id
LEFT JOIN resolved.authors AS living ON living.author_id = correction.author_id
WHERE correction.kind IN ('claim', 'reject_claim', 'display_name', 'hide_name')
