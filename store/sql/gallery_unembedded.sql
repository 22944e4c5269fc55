-- out: image_id of kept images without a vector in this space
SELECT image.id AS image_id
FROM current_image AS image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND image.id NOT IN (SELECT image_id FROM {vector_table})
