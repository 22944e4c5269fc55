-- out: image_id, path, sha256, width, height of the images that have no vector in this space, and that run $run_id could read
SELECT image.id AS image_id, image.path, image.sha256, image.width, image.height FROM image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND image.id NOT IN (SELECT image_id FROM {vector_table})
    AND image.id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY image.id
