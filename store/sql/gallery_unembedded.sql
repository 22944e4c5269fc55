-- out: image_id of kept images without a vector in this space
SELECT image.id AS image_id
FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
    AND image.id NOT IN (SELECT image_id FROM {vector_table})
