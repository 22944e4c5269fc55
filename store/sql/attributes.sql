-- name: images_to_ask
-- out: image_id of the kept images with a vector in this space that run $run_id has no answer for yet
SELECT vectors.image_id
FROM {vector_table} AS vectors
JOIN kept_image AS image ON image.id = vectors.image_id
WHERE image.dataset_id = $dataset_id
    AND vectors.image_id NOT IN (SELECT image_id FROM attribute_value WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY vectors.image_id

-- name: insert_attribute_values
-- out: nothing
INSERT INTO attribute_value (run_id, image_id, share)
SELECT $run_id, image_id, share FROM incoming WHERE share IS NOT NULL

-- name: attribute_answers
-- out: image_id, label (the first of several), share of the kept images that a run has asked, by image
SELECT answer.image_id, coalesce(image.label, image.labels[1]) AS label, answer.share
FROM attribute_value AS answer JOIN kept_image AS image ON image.id = answer.image_id
WHERE answer.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY answer.image_id

-- name: image_attributes
-- out: name, share of each attribute's newest run that has an answer for an image, by name
SELECT json_extract_string(run.parameters, '$.name') AS name, arg_max(answer.share, run.id) AS share
FROM attribute_value AS answer JOIN run ON run.id = answer.run_id
WHERE answer.image_id = $image_id AND run.complete
GROUP BY ALL
ORDER BY name

-- name: projection_attribute
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
