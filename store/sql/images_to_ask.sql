-- out: image_id of the kept images with a vector in this space that run $run_id has no answer for yet
SELECT vectors.image_id
FROM {vector_table} AS vectors
JOIN current_label AS image ON image.image_id = vectors.image_id
JOIN image AS file ON file.id = vectors.image_id
WHERE image.dataset_id = $dataset_id AND NOT file.missing AND NOT image.removed
    AND vectors.image_id NOT IN (SELECT image_id FROM attribute_value WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY vectors.image_id
