-- out: predicted (the class with the highest probability), issue (label, outlier, duplicate, or several; 'none' where it was judged),
-- severity (0 to 1, of the doubt about the label) of a run's points, by image, from the newest label check of its dataset; null outside
WITH newest AS (
    SELECT max(id) AS run_id FROM run
    WHERE kind = 'label-issues' AND complete AND dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
),
predicted AS (
    SELECT image_id, list_position(probabilities, list_max(probabilities)) - 1 AS label
    FROM prediction WHERE run_id = (SELECT run_id FROM newest)
),
issue AS (
    SELECT image_id, CASE WHEN count(DISTINCT kind) > 1 THEN 'several' ELSE min(kind) END AS kind
    FROM label_issue WHERE run_id = (SELECT run_id FROM newest) GROUP BY image_id
),
opinion AS (SELECT image_id, severity FROM label_opinion WHERE run_id = (SELECT run_id FROM newest))
SELECT predicted.label AS predicted,
    coalesce(issue.kind, CASE WHEN opinion.image_id IS NOT NULL THEN 'none' END) AS issue, opinion.severity
FROM projection_point
LEFT JOIN predicted ON predicted.image_id = projection_point.image_id
LEFT JOIN issue ON issue.image_id = projection_point.image_id
LEFT JOIN opinion ON opinion.image_id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id
