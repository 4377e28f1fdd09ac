-- One row is a person near a paper, a close collaborator of one of its first 20 authors, with the place among them;
-- temporary table near_again (work_id).
WITH authors AS (
    SELECT work_id, author_id, position
    FROM marts.author_works
    SEMI JOIN near_again USING (work_id)
),

near AS (
    SELECT
        author.work_id,
        tie.collaborator_id,
        arg_max(tie.author_id, (tie.strength, tie.author_id)) AS author_id,
        round(sum(tie.strength), 9) AS strength,
        count(*) AS authors_count
    FROM authors AS author
    INNER JOIN marts.collaborators AS tie USING (author_id)
    WHERE tie.is_close AND author.position <= 20
    GROUP BY author.work_id, tie.collaborator_id
)

SELECT *, row_number() OVER (PARTITION BY work_id ORDER BY strength DESC, collaborator_id) AS place
FROM near
ANTI JOIN authors ON near.work_id = authors.work_id AND near.collaborator_id = authors.author_id
QUALIFY place <= 10
