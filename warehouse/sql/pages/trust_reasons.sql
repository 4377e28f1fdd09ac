-- One row is a component of an author's trust score, in the order in which they are explained. Parameter: id.
SELECT *
FROM marts.trust_reasons
WHERE author_id = $id
ORDER BY
    list_position(
        ['claim', 'orcid', 'affiliation', 'sources', 'citations', 'works', 'history', 'ties', 'conflict_discount'],
        component
    )
