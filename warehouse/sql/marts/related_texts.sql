-- One row is a work with the texts by which it is related to others; subject is a field its terms are counted under.
SELECT work_id, title, abstract, primary_category AS subject
FROM staging.works
ORDER BY work_id
