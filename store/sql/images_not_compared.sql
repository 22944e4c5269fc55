-- out: image_id of the kept images with a vector in this space that run $run_id has neither compared nor left out
SELECT vectors.image_id FROM {vector_table} AS vectors
JOIN current_image AS image ON image.id = vectors.image_id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND vectors.image_id NOT IN (SELECT image_id FROM neighbour_list WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
