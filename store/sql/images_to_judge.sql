-- out: image_id, path, label, pixel_sha256, phash of the kept images with a vector in this space that run $run_id has not judged yet
SELECT vectors.image_id, image.path, current_label.label, image.pixel_sha256, image.phash
FROM {vector_table} AS vectors
JOIN image ON image.id = vectors.image_id
JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
    AND vectors.image_id NOT IN (SELECT image_id FROM label_opinion WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY vectors.image_id
