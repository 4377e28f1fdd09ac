-- One row is a neighbour of a paper. Every kind is read from a table that is stored by the centre's id, so
-- that a read with a centre_id looks at few rows; caps and places are stored where they can be.
WITH authors AS (
    SELECT work_id, byline_size, unnest(authors[:20], recursive := true)
    FROM marts.papers
),

topics AS (
    SELECT work_id, unnest(range(1, len(topics) + 1)) AS place, unnest(topics, recursive := true)
    FROM marts.papers
),

edges AS (
    SELECT
        work_id AS centre_id,
        'related' AS kind,
        rank AS place,
        work_id AS source_id,
        related_work_id AS target_id,
        score AS weight,
        concat_ws(
            '; ',
            CASE len(shared_references)
                WHEN 0 THEN NULL
                WHEN 1 THEN 'one shared reference'
                WHEN 5 THEN 'five shared references or more'
                ELSE len(shared_references) || ' shared references'
            END,
            CASE WHEN len(shared_terms) > 0 THEN 'both on ' || array_to_string(shared_terms, ', ') END
        ) AS reason
    FROM marts.related_papers
    WHERE rank <= 20
    UNION ALL
    SELECT work_id, 'cites', place, work_id, cited_work_id, cited_by_count, 'this paper cites it'
    FROM marts.cited_papers
    WHERE place <= 20
    UNION ALL
    SELECT work_id, 'cited_by', place, work_id, citing_work_id, cited_by_count, 'it cites this paper'
    FROM marts.citing_papers
    WHERE place <= 20
    UNION ALL
    SELECT work_id, 'author', position, work_id, author_id, 1 / position, 'author ' || position || ' of ' || byline_size
    FROM authors
    WHERE author_id IS NOT NULL
    UNION ALL
    SELECT
        work_id,
        'near_person',
        place,
        author_id,
        collaborator_id,
        strength,
        CASE authors_count
            WHEN 1 THEN 'close collaborator of an author'
            ELSE 'close collaborator of ' || authors_count || ' authors'
        END
    FROM marts.near_people
    UNION ALL
    SELECT
        work_id,
        'topic',
        place,
        work_id,
        topic_id,
        1 / place,
        CASE WHEN is_primary THEN 'its main topic' ELSE 'a topic of it' END
        || CASE scheme WHEN 'arxiv' THEN ' on arXiv' ELSE ' by OpenAlex' END
    FROM topics
    WHERE place <= 10
    UNION ALL
    SELECT
        work_id,
        'institution',
        place,
        work_id,
        institution_id,
        authors_count,
        CASE authors_count WHEN 1 THEN 'of one author' ELSE 'of ' || authors_count || ' authors' END
    FROM marts.paper_institutions
    WHERE place <= 10
)

SELECT centre_id, kind, place::INTEGER AS place, source_id, target_id, weight::DOUBLE AS weight, reason
FROM edges
