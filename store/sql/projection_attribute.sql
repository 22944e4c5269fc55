-- out: share of a run's points, by image, from the dataset's newest attribute; null outside
WITH newest AS (
    SELECT max(id) AS run_id FROM run
    WHERE kind = 'attributes' AND complete AND dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
)
SELECT answer.share
FROM projection_point
LEFT JOIN attribute_value AS answer
    ON answer.image_id = projection_point.image_id AND answer.run_id = (SELECT run_id FROM newest)
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id
