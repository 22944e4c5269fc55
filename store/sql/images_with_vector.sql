-- out: image_id of the kept images with a vector in this space, by image
SELECT vectors.image_id FROM {vector_table} AS vectors
JOIN current_image AS image ON image.id = vectors.image_id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
ORDER BY vectors.image_id
