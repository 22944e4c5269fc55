-- out: predicted (the class with the highest probability) of a run's points, by image, from the dataset's newest zero-shot run; null outside
WITH newest AS (
    SELECT max(id) AS run_id FROM run
    WHERE kind = 'zero-shot' AND complete AND dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
)
SELECT list_position(told.probabilities, list_max(told.probabilities)) - 1 AS predicted
FROM projection_point
LEFT JOIN prediction AS told
    ON told.image_id = projection_point.image_id AND told.run_id = (SELECT run_id FROM newest)
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id
