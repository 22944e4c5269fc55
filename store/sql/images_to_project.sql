-- out: image_id, label (the first of several; null for none) of the kept images with a vector in this space that run $run_id has neither placed nor left out yet
SELECT vectors.image_id, coalesce(current_label.label, current_label.labels[1]) AS label FROM {vector_table} AS vectors
JOIN image ON image.id = vectors.image_id
JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
    AND vectors.image_id NOT IN (SELECT image_id FROM projection_point WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY vectors.image_id
